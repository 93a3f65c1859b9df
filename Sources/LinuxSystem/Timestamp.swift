/// A moment as RFC 3339 writes it, in UTC with milliseconds: `2026-01-31T23:59:59.123Z`.
package struct Timestamp: Sendable, CustomStringConvertible {
    private let milliseconds: Int
    /// In milliseconds.
    private static let day = 86_400_000

    /// - Parameter seconds: since 1970.
    package init(_ seconds: Double) {
        milliseconds = Int((seconds * 1_000).rounded(.down))
    }

    package var description: String {
        // Rounded down, also before 1970, where a clock that lost its battery may be.
        let ofDay = (milliseconds % Self.day + Self.day) % Self.day
        let days = (milliseconds - ofDay) / Self.day
        let (year, month, day) = Self.date(daysSince1970: days)
        // A log writes it in each line.
        var octets: [UInt8] = []
        octets.reserveCapacity(24)
        let years = String(year)
        octets.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: max(0, 4 - years.utf8.count)))
        octets.append(contentsOf: years.utf8)
        Self.append(month, 2, after: "-", to: &octets)
        Self.append(day, 2, after: "-", to: &octets)
        Self.append(ofDay / 3_600_000, 2, after: "T", to: &octets)
        Self.append(ofDay / 60_000 % 60, 2, after: ":", to: &octets)
        Self.append(ofDay / 1_000 % 60, 2, after: ":", to: &octets)
        Self.append(ofDay % 1_000, 3, after: ".", to: &octets)
        octets.append(UInt8(ascii: "Z"))
        return String(decoding: octets, as: UTF8.self)
    }

    /// The civil date of a day, by reckoning in eras of 400 years that begin on the first of March, so that the leap day
    /// is a year's last.
    private static func date(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day)
    }

    /// - Parameter width: 2 or 3.
    private static func append(_ number: Int, _ width: Int, after separator: Unicode.Scalar, to octets: inout [UInt8]) {
        octets.append(UInt8(ascii: separator))
        var power = width == 3 ? 100 : 10
        while power > 0 {
            octets.append(UInt8(ascii: "0") + UInt8(number / power % 10))
            power /= 10
        }
    }
}
