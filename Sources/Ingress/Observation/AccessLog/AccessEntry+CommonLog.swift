import HTTPWire
import NetworkTypes

extension AccessEntry {
    /// Appends the Common Log Format with what Traefik puts behind it:
    /// `192.0.2.7 - - [06/Nov/1994:08:49:37 +0000] "GET /a HTTP/1.1" 200 2 "-" "curl/8" 1 "web-shop-…@kubernetes"
    /// "http://10.42.1.1:8080" 3ms`, on one line.
    ///
    /// - Parameters:
    ///   - count: of requests so far, this one included.
    ///   - date: of the request.
    func appendCommonLog(count: UInt64, date: CommonLogDate, to line: inout OutputSpan<UInt8>) {
        let kept = head.octets
        let octets = kept.span
        line.append(head.client)
        line.append(" - ")
        line.append(word: head.user ?? "")
        line.append(" [")
        line.append(date.octets.span)
        line.append("] \"")
        line.append(escaping: octets.extracting(head.method))
        line.append(" ")
        line.append(escaping: octets.extracting(head.target))
        line.append(" ")
        line.append(head.version)
        line.append("\" ")
        line.append(decimal: UInt64(status))
        line.append(" ")
        line.append(decimal: responseOctets)
        for value in [head.referer, head.userAgent] {
            line.append(" \"")
            if let value { line.append(escaping: octets.extracting(value)) } else { line.append("-") }
            line.append("\"")
        }
        line.append(" ")
        line.append(decimal: count)
        line.append(" \"")
        line.append(escaping: (routerName ?? "-").utf8.span)
        line.append("\" \"")
        if let endpoint { line.append(urlOf: endpoint) } else { line.append("-") }
        line.append("\" ")
        line.append(decimal: UInt64(duration))
        line.append("ms")
    }
}

extension OutputSpan<UInt8> {
    /// Appends what others wrote as one word without quotes.
    fileprivate mutating func append(word: String) {
        guard !word.isEmpty else { return append("-") }
        for (index, part) in word.split(separator: " ", omittingEmptySubsequences: false).enumerated() {
            if index > 0 { append("\\u0020") }
            append(escaping: part.utf8.span)
        }
    }
}

/// A second as the Common Log Format has it, which is the same for many requests: `06/Nov/1994:08:49:37 +0000`
struct CommonLogDate {
    private var second: Int64 = -1
    private(set) var octets: [UInt8] = []

    /// - Parameter time: in seconds since 1970.
    mutating func set(_ time: Double) {
        let second = Int64(max(0, time))
        guard second != self.second else { return }
        self.second = second
        // `Sun, 06 Nov 1994 08:49:37 GMT`
        octets = Array(HTTPDate.octets(secondsSince1970: second)[5..<25])
        for index in [2, 6] { octets[index] = UInt8(ascii: "/") }
        octets[11] = UInt8(ascii: ":")
        octets += " +0000".utf8
    }
}
