/// How a command ends: the numbers of sysexits.h, which the systemd unit lists in `RestartPreventExitStatus`.
package enum ExitCode: Int32, Error, Sendable, Hashable {
    case success = 0
    /// The command line is wrong.
    case usage = 64
    /// A kernel feature or a privilege is missing.
    case unavailable = 69
    /// Something failed that nobody foresaw, or that passes: a service manager tries again.
    case internalError = 70
    /// The configuration is wrong or contradicts itself.
    case configuration = 78
}
