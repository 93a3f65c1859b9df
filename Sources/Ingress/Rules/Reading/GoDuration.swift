/// Times as Go writes them, which Traefik's options use: `1m30s`, `1.5h`, `100ms`; a number alone is of seconds.
enum GoDuration {
    /// Nil for anything else, and for what is negative or longer than ten years.
    static func parse(_ text: String) -> Duration? {
        guard !text.isEmpty else { return nil }
        if text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            return Int64(text).flatMap { $0 <= longest ? .seconds($0) : nil }
        }
        var (rest, nanoseconds) = (Substring(text), 0.0)
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let name = rest.prefix { !($0.isASCII && ($0.isNumber || $0 == ".")) }
            rest = rest.dropFirst(name.count)
            guard let value = Double(number), let unit = units[String(name)] else { return nil }
            nanoseconds += value * unit
        }
        guard nanoseconds <= Double(longest) * 1e9 else { return nil }
        return .nanoseconds(Int64(nanoseconds.rounded()))
    }

    /// In seconds.
    private static let longest: Int64 = 10 * 365 * 86_400
    /// In nanoseconds.
    private static let units: [String: Double] = [
        "ns": 1, "us": 1e3, "µs": 1e3, "μs": 1e3, "ms": 1e6, "s": 1e9, "m": 60e9, "h": 3_600e9,
    ]
}
