import LinuxSystem

/// How long nobody answered between two runs, where that can be known: a run that ends says when. One that is killed
/// cannot, and then nothing is said.
struct Absence: Sendable {
    /// The file that names the boot, and the nanoseconds since then at which the last run ended.
    let path: String

    /// Nobody answers from now on.
    func begin() throws(SystemCallError) {
        try Files.writeAtomically("\(try BootID.current()) \(Self.nanoseconds(SystemTime.sinceBoot()))\n", to: path)
    }

    /// Queries are answered again. Returns for how long they were not, or nil if that is unknown.
    func end() -> Duration? {
        let now = SystemTime.sinceBoot()
        let text = try? Files.readText(path)
        try? Files.remove(path)
        let words = text?.split(whereSeparator: \.isWhitespace) ?? []
        guard words.count == 2, let boot = BootID(words[0]), let ended = Int64(words[1]) else { return nil }
        guard let current = try? BootID.current(), boot == current else { return nil }
        return now - .nanoseconds(ended)
    }

    private static func nanoseconds(_ duration: Duration) -> Int64 {
        duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000
    }
}
