/// Times as Go writes them: `15s`, `1m30s`, `0`.
enum CorefileDuration {
    private static let units: Set<String> = ["ns", "us", "µs", "ms", "s", "m", "h"]

    static func isDuration(_ text: String) -> Bool {
        if text == "0" { return true }
        var rest = text[...]
        guard !rest.isEmpty else { return false }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !$0.isNumber && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard Double(number) != nil, units.contains(String(unit)) else { return false }
        }
        return true
    }
}
