internal import CLinux
internal import Glibc

/// One thread that a signal ended, of the kind that programs bring on themselves.
package struct CrashRecord: Hashable, Sendable {
    /// The name of the thread, cut at 15 bytes by the kernel.
    package let thread: String
    package let signal: Int32
    package let processID: Int32
    /// The process that sent the signal; nil if the thread itself trapped. Of a sent one the thread is no more than
    /// the one that happened to receive it.
    package let sender: Int32?
    package let bootID: BootID
    /// By CLOCK_BOOTTIME, which counts on while the machine sleeps and which nobody can set.
    package let sinceBoot: Duration
    /// Seconds since 1970.
    package let wallTime: Double
    /// Whether the program was still starting: no capability ran.
    package let isAtStart: Bool
    /// Whether a later start has logged it.
    package var isReported: Bool

    package init(
        thread: String,
        signal: Int32,
        processID: Int32,
        sender: Int32? = nil,
        bootID: BootID,
        sinceBoot: Duration,
        wallTime: Double,
        isAtStart: Bool = false,
        isReported: Bool = false
    ) {
        self.thread = thread
        self.signal = signal
        self.processID = processID
        self.sender = sender
        self.bootID = bootID
        self.sinceBoot = sinceBoot
        self.wallTime = wallTime
        self.isAtStart = isAtStart
        self.isReported = isReported
    }

    /// Whether the program trapped, rather than another process ended it.
    package var isOwnFault: Bool { sender == nil || sender == processID }

    /// Whether it was the service manager, in the way that its watchdog has (`WatchdogSignal=` in systemd.service(5)).
    package var isOfWatchdog: Bool { sender == 1 && signal == SIGABRT }

    /// `SIGSEGV`.
    package var signalName: String { Self.names[signal] ?? "signal \(signal)" }

    private static let names: [Int32: String] = [
        SIGILL: "SIGILL", SIGTRAP: "SIGTRAP", SIGSEGV: "SIGSEGV", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE",
        SIGABRT: "SIGABRT",
    ]
}

// MARK: - On disk

extension CrashRecord {
    /// The size of a record in bytes.
    static let size = MemoryLayout<linnet_crash_record>.size
    static let magic = Array(LINNET_CRASH_MAGIC.utf8)

    /// Reads `size` bytes; nil if they are not what a crash wrote.
    init?(_ bytes: ArraySlice<UInt8>) {
        var raw = linnet_crash_record()
        guard bytes.count == Self.size else { return nil }
        unsafe withUnsafeMutableBytes(of: &raw) { unsafe $0.copyBytes(from: bytes) }
        guard unsafe linnet_crash_record_is_intact(&raw) != 0 else { return nil }
        let thread = unsafe withUnsafeBytes(of: raw.thread) { unsafe Array($0.prefix { $0 != 0 }) }
        let identifier = unsafe withUnsafeBytes(of: raw.boot_id) { unsafe Array($0) }
        self.init(
            thread: String(decoding: thread, as: UTF8.self),
            signal: raw.signal,
            processID: raw.process,
            sender: raw.is_sent != 0 ? raw.sender : nil,
            bootID: BootID(bytes: identifier),
            sinceBoot: .nanoseconds(raw.since_boot),
            wallTime: Double(raw.wall_time) / 1e9,
            isAtStart: raw.is_at_start != 0,
            isReported: raw.is_reported != 0
        )
    }

    /// As a crash would have written it.
    var bytes: [UInt8] {
        var raw = linnet_crash_record()
        unsafe withUnsafeMutableBytes(of: &raw.thread) { unsafe $0.copyBytes(from: thread.utf8.prefix(15)) }
        unsafe withUnsafeMutableBytes(of: &raw.boot_id) { unsafe $0.copyBytes(from: bootID.bytes.prefix(16)) }
        raw.signal = signal
        raw.process = processID
        raw.sender = sender ?? 0
        raw.is_sent = sender == nil ? 0 : 1
        raw.is_reported = isReported ? 1 : 0
        raw.is_at_start = isAtStart ? 1 : 0
        raw.wall_time = Int64(exactly: (wallTime * 1e9).rounded()) ?? 0
        let (seconds, attoseconds) = sinceBoot.components
        raw.since_boot = seconds * 1_000_000_000 + attoseconds / 1_000_000_000
        unsafe linnet_crash_record_seal(&raw)
        return unsafe withUnsafeBytes(of: raw) { unsafe Array($0) }
    }
}
