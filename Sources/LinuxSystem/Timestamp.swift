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
        var octets: [UInt8] = []
        octets.append(addingCapacity: Self.longest, initializingWith: { append(to: &$0) })
        return String(decoding: octets, as: UTF8.self)
    }

    /// The most octets of one.
    package static let longest = 32

    /// Appends it, for which there has to be room.
    package func append(to octets: inout OutputSpan<UInt8>) {
        // Rounded down, also before 1970, where a clock that lost its battery may be.
        let ofDay = (milliseconds % Self.day + Self.day) % Self.day
        let days = (milliseconds - ofDay) / Self.day
        let (year, month, day) = Self.date(daysSince1970: days)
        if (0...9_999).contains(year) {
            Self.append(year / 100, 2, to: &octets)
            Self.append(year % 100, 2, to: &octets)
        } else {
            for octet in String(year).utf8 { octets.append(octet) }
        }
        Self.append(month, 2, after: "-", to: &octets)
        Self.append(day, 2, after: "-", to: &octets)
        Self.append(ofDay / 3_600_000, 2, after: "T", to: &octets)
        Self.append(ofDay / 60_000 % 60, 2, after: ":", to: &octets)
        Self.append(ofDay / 1_000 % 60, 2, after: ":", to: &octets)
        Self.append(ofDay % 1_000, 3, after: ".", to: &octets)
        octets.append(UInt8(ascii: "Z"))
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
    private static func append(
        _ number: Int,
        _ width: Int,
        after separator: Unicode.Scalar,
        to octets: inout OutputSpan<UInt8>
    ) {
        octets.append(UInt8(ascii: separator))
        append(number, width, to: &octets)
    }

    private static func append(_ number: Int, _ width: Int, to octets: inout OutputSpan<UInt8>) {
        if width == 3 { octets.append(UInt8(ascii: "0") + UInt8(number / 100)) }
        octets.append(UInt8(ascii: "0") + UInt8(number / 10 % 10))
        octets.append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
