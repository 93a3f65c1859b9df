import LinuxSystem
import Logging
import NetworkTypes
import Supervision
import Synchronization

/// Writes down what names outside the cluster come to when that is something else, at most once in a while.
final class ExternalNameSaver: Sendable {
    private struct State {
        /// What the file says; nil if that is not known.
        var written: [ExternalName: [IPAddress]]?
        /// Why it could not be written the last time.
        var complaint: String?
    }

    /// What came of an attempt.
    private enum Outcome {
        case unchanged, written, failed
    }

    /// Between two writes.
    static let pause: Duration = .seconds(5)
    /// After one that failed: a full disk is not full for a moment only.
    static let retry: Duration = .seconds(10)

    /// What an earlier run left; nothing if it left nothing that can be believed.
    let remembered: [ExternalName: [IPAddress]]

    private let memory: ExternalNameMemory
    private let logger: Logger
    private let state: Mutex<State>
    private let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init(_ memory: ExternalNameMemory, logger: Logger) {
        self.memory = memory
        self.logger = logger
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        do throws(StateFileError) {
            remembered = try memory.load()
            state = Mutex(State(written: remembered))
        } catch {
            remembered = [:]
            state = Mutex(State())
            logger.log(
                .warning,
                "a state file is not believed",
                [.file: error.path, .error: error.reason],
                event: .stateFileIgnored
            )
        }
    }

    /// Something may be another, or the file gone.
    func note() { wake.yield() }

    /// Writes until the task is cancelled, and then what came since. To be called once.
    ///
    /// - Parameter current: says what is known.
    func run(by clock: some Clock<Duration>, _ current: @Sendable () -> [ExternalName: [IPAddress]]) async {
        for await _ in wakes {
            switch save(current()) {
            case .unchanged: break
            case .written: try? await clock.sleep(for: Self.pause, tolerance: nil)
            case .failed:
                try? await clock.sleep(for: Self.retry, tolerance: nil)
                wake.yield()
            }
        }
        _ = save(current())
    }

    private func save(_ names: [ExternalName: [IPAddress]]) -> Outcome {
        state.withLock { state in
            // Somebody may have removed it.
            guard names != state.written || !names.isEmpty && !memory.isThere else { return .unchanged }
            do throws(SystemCallError) {
                try memory.save(names)
                state.written = names
                if state.complaint != nil {
                    logger.log(.notice, "names outside the cluster are kept for a restart again", [.file: memory.path])
                }
                state.complaint = nil
                return .written
            } catch {
                if state.complaint != "\(error)" { complain("\(error)") }
                state.complaint = "\(error)"
                return .failed
            }
        }
    }

    private func complain(_ error: String) {
        logger.log(
            .warning,
            "names outside the cluster are not kept for a restart, which will have to ask for them first",
            [.file: memory.path, .error: error, .retryDelay: Self.retry.inSeconds],
            event: .stateNotSaved
        )
    }
}
