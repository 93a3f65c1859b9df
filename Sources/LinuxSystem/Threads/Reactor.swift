internal import CLinux
internal import Synchronization

/// One thread that waits for descriptors to become ready, so that no task has to block for it.
package final class Reactor: Sendable {
    /// What is waited for.
    package enum Interest: Sendable {
        case reading
        case readingAndWriting
    }

    /// The reactor of the process. Its thread is called `linnet-reactor`.
    package static let shared = Reactor()

    private struct Registration {
        let descriptor: SharedDescriptor
        var isForWriting: Bool
        var listeners: [UInt64: AsyncStream<Void>.Continuation] = [:]
    }

    private struct State {
        var registrations: [Int32: Registration] = [:]
        var nextListener: UInt64 = 0
    }

    private let epoll: SharedDescriptor?
    /// Why nothing can be waited for.
    private let failure: SystemCallError?
    private let state = Mutex(State())

    private init() {
        do throws(SystemCallError) {
            let epoll = SharedDescriptor(adopting: try systemCall("epoll_create1") { linnet_epoll_open() })
            (self.epoll, failure) = (epoll, nil)
        } catch {
            (epoll, failure) = (nil, error)
        }
        guard let epoll else { return }
        detachThread { [self] in
            unsafe linnet_name_thread("linnet-reactor")
            run(epoll)
        }
    }

    /// Makes the reactor of the process. To be called at the start of a program that waits for anything: later there may
    /// be no descriptor left for it, and then nothing is ever ready.
    package static func start() throws(SystemCallError) {
        if let failure = shared.failure { throw failure }
    }

    /// A stream that says "something may be ready". It is a latch: what happens while nobody waits is kept as one
    /// element. It is edge-triggered: read until EAGAIN before waiting again. The first element comes at once if the
    /// descriptor is ready already. The stream ends when its task is cancelled, and at once if the descriptor cannot
    /// be polled; it keeps the descriptor open for as long.
    package func readiness(
        of descriptor: SharedDescriptor,
        for interest: Interest = .reading
    ) -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        guard let listener = add(continuation, descriptor, isForWriting: interest == .readingAndWriting) else {
            continuation.finish()
            return stream
        }
        let number = descriptor.rawValue
        continuation.onTermination = { [self] _ in remove(listener, of: number) }
        return stream
    }

    /// Has all who wait for a descriptor look: somebody read it, and left something for others. What was read so quickly
    /// that the kernel never told of it would wake nobody.
    func nudge(_ descriptor: SharedDescriptor) {
        let listeners = state.withLock {
            Array($0.registrations[descriptor.rawValue]?.listeners.values ?? [:].values)
        }
        for listener in listeners { listener.yield() }
    }

    /// Registers under the lock, so that the kernel's list and ours never differ.
    private func add(
        _ continuation: AsyncStream<Void>.Continuation,
        _ descriptor: SharedDescriptor,
        isForWriting: Bool
    ) -> UInt64? {
        let number = descriptor.rawValue
        return state.withLock { state in
            var registration = state.registrations[number]
            if registration == nil {
                guard control(LINNET_EPOLL_ADD, number, isForWriting) else { return nil }
                registration = Registration(descriptor: descriptor, isForWriting: isForWriting)
            } else if isForWriting {
                // Modifying reports what is ready already, which a further reader needs too.
                guard control(LINNET_EPOLL_MODIFY, number, true) else { return nil }
                registration?.isForWriting = true
            } else {
                continuation.yield()
            }
            let listener = state.nextListener
            state.nextListener += 1
            registration?.listeners[listener] = continuation
            state.registrations[number] = registration
            return listener
        }
    }

    private func remove(_ listener: UInt64, of number: Int32) {
        // The registration may hold the last reference to the descriptor: let it close outside the lock.
        let ended = state.withLock { state -> Registration? in
            state.registrations[number]?.listeners[listener] = nil
            guard let registration = state.registrations[number], registration.listeners.isEmpty else { return nil }
            _ = control(LINNET_EPOLL_REMOVE, number, false)
            state.registrations[number] = nil
            return registration
        }
        withExtendedLifetime(ended) {}
    }

    private func control(_ operation: some BinaryInteger, _ number: Int32, _ isForWriting: Bool) -> Bool {
        guard let epoll else { return false }
        return linnet_epoll_control(epoll.rawValue, Int32(operation), number, isForWriting ? 1 : 0) == 0
    }

    private func run(_ epoll: SharedDescriptor) {
        var ready = [Int32](repeating: 0, count: 64)
        while true {
            let count = unsafe linnet_epoll_wait(epoll.rawValue, &ready, Int32(ready.count), -1)
            guard count >= 0 else {
                precondition(Errno.current == .interrupted, "epoll_wait: \(Errno.current)")
                continue
            }
            for number in ready[..<Int(count)] {
                let listeners = state.withLock { Array($0.registrations[number]?.listeners.values ?? [:].values) }
                for listener in listeners { listener.yield() }
            }
        }
    }
}
