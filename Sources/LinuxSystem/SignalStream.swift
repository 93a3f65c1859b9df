internal import CLinux
internal import Glibc

/// Signals that are taken as events instead of interrupting a thread.
package enum ProcessSignal: Int32, Sendable {
    case hangUp = 1
    case interrupt = 2
    case terminate = 15
}

/// Takes signals from the kernel's queue. They must be blocked before the first thread is started, since each thread
/// has a mask of its own.
package final class SignalStream: Sendable {
    private let descriptor: SharedDescriptor

    package init(of signals: [ProcessSignal]) throws(SystemCallError) {
        let numbers = signals.map(\.rawValue)
        let code = unsafe linnet_block_signals(numbers, Int32(numbers.count))
        guard code == 0 else {
            throw SystemCallError(call: "pthread_sigmask", subject: "", errno: Errno(rawValue: code))
        }
        let number = try systemCall("signalfd") { unsafe linnet_signalfd_open(numbers, Int32(numbers.count)) }
        descriptor = SharedDescriptor(adopting: number)
    }

    /// Calls `body` for each signal until the task is cancelled.
    package func forEach(_ body: (ProcessSignal) async -> Void) async {
        for await _ in Reactor.shared.readiness(of: descriptor) {
            while let signal = next() { await body(signal) }
        }
    }

    private func next() -> ProcessSignal? {
        let number = linnet_signalfd_read(descriptor.rawValue)
        return number > 0 ? ProcessSignal(rawValue: number) : nil
    }
}
