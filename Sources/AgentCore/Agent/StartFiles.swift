import LinuxSystem
import Logging
import ServiceLifecycle
import Supervision

/// Looks again and again whether the files that only a start writes are still there; the others are written again by the
/// passes of whoever owns them.
struct StartFiles: Service {
    let interval: Duration
    let logger: Logger
    /// Writes those again that were removed.
    let keep: @Sendable () throws(SystemCallError) -> Void

    func run() async throws {
        await cancelWhenGracefulShutdown {
            var complaint: SystemCallError?
            while (try? await ContinuousClock().sleep(for: interval)) != nil {
                do throws(SystemCallError) {
                    try keep()
                    complaint = nil
                } catch {
                    if error != complaint {
                        logger.log(.warning, "a state file cannot be written again", [.error: "\(error)"])
                    }
                    complaint = error
                }
            }
        }
    }
}
