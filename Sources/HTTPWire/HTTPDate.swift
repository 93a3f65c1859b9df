/// Dates as fields have them (RFC 9110 section 5.6.7): `Sun, 06 Nov 1994 08:49:37 GMT`.
package enum HTTPDate {
    /// The 29 octets of a date.
    ///
    /// - Parameter seconds: since 1970 began, of a year from 1970 to 9999.
    package static func octets(secondsSince1970 seconds: Int64) -> [UInt8] {
        let days = seconds / 86_400
        let second = Int(seconds % 86_400)
        let date = CalendarDate(daysSince1970: Int(days))
        var octets: [UInt8] = []
        octets.reserveCapacity(29)
        // 1 January 1970 was a Thursday.
        octets += weekdays[Int(days + 3) % 7].utf8
        octets += ", ".utf8
        octets += digits(date.day, 2)
        octets += " \(months[date.month - 1]) ".utf8
        octets += digits(date.year, 4)
        octets.append(0x20)
        octets += digits(second / 3600, 2)
        octets.append(Octet.colon)
        octets += digits(second / 60 % 60, 2)
        octets.append(Octet.colon)
        octets += digits(second % 60, 2)
        octets += " GMT".utf8
        return octets
    }

    private static let weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func digits(_ number: Int, _ count: Int) -> [UInt8] {
        let text = Array(String(number).utf8)
        return Array(repeating: 0x30, count: max(0, count - text.count)) + text
    }
}

/// A day of the Gregorian calendar.
private struct CalendarDate {
    let year: Int
    /// 1…12.
    let month: Int
    /// 1…31.
    let day: Int

    /// - Parameter days: since 1 January 1970; not negative.
    init(daysSince1970 days: Int) {
        var year = 1970
        var left = days
        // Whole cycles of the calendar first.
        year += left / 146_097 * 400
        left %= 146_097
        while left >= Self.length(of: year) {
            left -= Self.length(of: year)
            year += 1
        }
        var month = 1
        while left >= Self.length(of: month, in: year) {
            left -= Self.length(of: month, in: year)
            month += 1
        }
        self.year = year
        self.month = month
        day = left + 1
    }

    private static func isLeap(_ year: Int) -> Bool { year % 4 == 0 && year % 100 != 0 || year % 400 == 0 }

    private static func length(of year: Int) -> Int { isLeap(year) ? 366 : 365 }

    private static func length(of month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
