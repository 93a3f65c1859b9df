import HTTPWire
import JSONText

extension AccessEntry {
    /// The Common Log Format with what Traefik puts behind it:
    /// `192.0.2.7 - - [06/Nov/1994:08:49:37 +0000] "GET /a HTTP/1.1" 200 2 "-" "curl/8" 1 "web-shop-…@kubernetes"
    /// "http://10.42.1.1:8080" 3ms`, on one line.
    ///
    /// - Parameter count: of requests so far, this one included.
    func commonLog(count: UInt64) -> String {
        let request = JSONString.quoted("\(head.method) \(head.target) \(head.version)")
        let user = head.user.map { $0.isEmpty ? "-" : Self.word($0) } ?? "-"
        let quoted = [head.referer, head.userAgent].map { JSONString.quoted($0 ?? "-") }.joined(separator: " ")
        let way = [routerName, serverURL].map { JSONString.quoted($0 ?? "-") }.joined(separator: " ")
        return "\(head.client) - \(user) [\(Self.date(head.time))] \(request) \(status) \(responseOctets) "
            + "\(quoted) \(count) \(way) \(duration)ms"
    }

    /// What others wrote, as one word without quotes.
    private static func word(_ text: String) -> String {
        String(JSONString.quoted(text).dropFirst().dropLast()).replacing(" ", with: "\\u0020")
    }

    /// `06/Nov/1994:08:49:37 +0000`
    private static func date(_ time: Double) -> String {
        let text = String(decoding: HTTPDate.octets(secondsSince1970: Int64(max(0, time))), as: UTF8.self)
        let words = text.split(separator: " ").map(String.init)
        return "\(words[1])/\(words[2])/\(words[3]):\(words[4]) +0000"
    }
}
