/// Times as Kubernetes writes them (RFC 3339).
package enum Timestamp {
    /// Seconds since 1970, or nil for anything else than `2026-01-31T12:00:00Z`.
    package static func seconds(_ text: String) -> Int64? {
        let pattern = /([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})Z/
        guard let match = text.wholeMatch(of: pattern) else { return nil }
        let numbers = [match.1, match.2, match.3, match.4, match.5, match.6].compactMap { Int64($0) }
        guard numbers.count == 6, (1...12).contains(numbers[1]), (1...31).contains(numbers[2]),
            numbers[3] < 24, numbers[4] < 60, numbers[5] < 61
        else { return nil }
        return days(numbers[0], numbers[1], numbers[2]) * 86_400 + numbers[3] * 3_600 + numbers[4] * 60 + numbers[5]
    }

    /// Seconds since 1970 of a time that may have up to nine decimals, and be of any zone; nil for anything else.
    package static func moment(_ text: String) -> Double? {
        let pattern = /(\.[0-9]{1,9})?(?:Z|([+-])([0-9]{2}):([0-9]{2}))/
        guard let whole = seconds(text.prefix(19) + "Z"), let match = text.dropFirst(19).wholeMatch(of: pattern)
        else { return nil }
        let fraction = match.1.flatMap { Double("0\($0)") } ?? 0
        guard let sign = match.2, let hours = match.3.flatMap({ Int64($0) }),
            let minutes = match.4.flatMap({ Int64($0) })
        else { return Double(whole) + fraction }
        guard hours < 24, minutes < 60 else { return nil }
        let offset = hours * 3_600 + minutes * 60
        return Double(sign == "-" ? whole + offset : whole - offset) + fraction
    }

    /// Days since 1970-01-01, counting years from March so that the leap day is the last one.
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let (year, month) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        return year * 365 + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day - 1 - 719_468
    }
}
