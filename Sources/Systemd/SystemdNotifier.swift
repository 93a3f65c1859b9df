internal import CSystemd
internal import Glibc

/// Speaks to the service manager that started the process (sd_notify(3)). Without one, nothing is said.
package struct SystemdNotifier: Sendable {
    package init() {}

    /// The service does its job.
    package func ready() { send("READY=1") }

    /// One line for `systemctl status`.
    package func status(_ text: String) {
        // A line break would begin another assignment.
        send("STATUS=\(text.split(whereSeparator: \.isNewline).joined(separator: " "))")
    }

    package func stopping() { send("STOPPING=1") }

    /// The configuration is being read again; `ready` ends that.
    package func reloading() { send("RELOADING=1\nMONOTONIC_USEC=\(Self.monotonicMicroseconds())") }

    /// The process makes progress.
    package func feedWatchdog() { send("WATCHDOG=1") }

    /// How often the watchdog wants to be fed at least; nil if there is none.
    package var watchdogInterval: Duration? {
        var microseconds: UInt64 = 0
        let isEnabled = unsafe sd_watchdog_enabled(0, &microseconds)
        return isEnabled > 0 ? .microseconds(Int64(clamping: microseconds)) : nil
    }

    private func send(_ state: String) {
        // Negative answers mean that the manager is gone, which nobody could be told.
        _ = unsafe sd_notify(0, state)
    }

    /// The time by the clock that systemd compares with.
    private static func monotonicMicroseconds() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
