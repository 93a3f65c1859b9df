import Foundation
import HTTPWire
import Testing

@Suite struct HTTPDateTests {
    @Test(
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"), (951_868_799, "Tue, 29 Feb 2000 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"), (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
            (253_402_300_799, "Fri, 31 Dec 9999 23:59:59 GMT"),
        ] as [(Int64, String)]
    )
    func `a date is written as fields have it`(seconds: Int64, text: String) {
        #expect(Wire.text(HTTPDate.octets(secondsSince1970: seconds)) == text)
    }

    @Test func `days of four hundred years are the ones that the calendar has`() {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        for day in stride(from: 0, to: 146_097, by: 29) {
            let text = Wire.text(HTTPDate.octets(secondsSince1970: Int64(day) * 86_400))
            let parts = calendar.dateComponents([.year, .day], from: Date(timeIntervalSince1970: Double(day) * 86_400))
            if Int(text.dropFirst(5).prefix(2)) != parts.day || Int(text.dropFirst(12).prefix(4)) != parts.year {
                Issue.record("day \(day) is \(text)")
                return
            }
        }
    }
}
