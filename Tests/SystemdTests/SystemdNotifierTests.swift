import Glibc
import NotifySocket
import Systemd
import Testing

/// Each test is a process of its own, since the service manager is told of by the environment.
@Suite(.timeLimit(.minutes(1))) struct SystemdNotifierTests {
    @Test func `the service manager is told each state`() async {
        await #expect(processExitsWith: .success) {
            let manager = try NotifySocket()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            let notifier = SystemdNotifier()
            notifier.ready()
            notifier.feedWatchdog()
            notifier.stopping()
            #expect(manager.receiveAll() == ["READY=1", "WATCHDOG=1", "STOPPING=1"])
        }
    }

    @Test func `a status is one line, whatever is in it`() async {
        await #expect(processExitsWith: .success) {
            let manager = try NotifySocket()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            SystemdNotifier().status("overlay degraded:\nREADY=1\r\n2 peers")
            #expect(manager.receiveAll() == ["STATUS=overlay degraded: READY=1 2 peers"])
        }
    }

    @Test func `reloading comes with the time by the manager's clock`() async {
        await #expect(processExitsWith: .success) {
            let manager = try NotifySocket()
            setenv("NOTIFY_SOCKET", manager.path, 1)
            let before = microseconds()
            SystemdNotifier().reloading()
            let after = microseconds()
            let message = try #require(manager.receiveAll().first)
            #expect(message.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
            let time = try #require(Int64(message.dropFirst("RELOADING=1\nMONOTONIC_USEC=".count)))
            #expect((before...after).contains(time))
        }
    }

    @Test func `without a service manager nothing is said and nothing fails`() async {
        await #expect(processExitsWith: .success) {
            unsetenv("NOTIFY_SOCKET")
            unsetenv("WATCHDOG_USEC")
            SystemdNotifier().ready()
            #expect(SystemdNotifier().watchdogInterval == nil)
            // Nor if it is gone.
            setenv("NOTIFY_SOCKET", "/nonexistent/notify", 1)
            SystemdNotifier().ready()
        }
    }

    @Test func `the watchdog's interval is what the service manager set, for this process`() async {
        await #expect(processExitsWith: .success) {
            setenv("WATCHDOG_USEC", "30000000", 1)
            unsetenv("WATCHDOG_PID")
            #expect(SystemdNotifier().watchdogInterval == .seconds(30))
            setenv("WATCHDOG_PID", "\(getpid())", 1)
            #expect(SystemdNotifier().watchdogInterval == .seconds(30))
            setenv("WATCHDOG_PID", "1", 1)
            #expect(SystemdNotifier().watchdogInterval == nil)
        }
    }
}

/// The time by CLOCK_MONOTONIC.
private func microseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
}
