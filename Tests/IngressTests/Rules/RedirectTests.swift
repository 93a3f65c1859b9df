import HTTPWire
import Testing

@testable import Ingress

/// Request → where it is sent to, or nothing.
@Suite struct RedirectTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let redirect: SchemeRedirect
        let request: @Sendable () -> RequestFacts
        let status: UInt16?
        let location: String?

        init(
            _ redirect: SchemeRedirect,
            _ request: @escaping @autoclosure @Sendable () -> RequestFacts,
            _ status: UInt16?,
            _ location: String?
        ) {
            self.redirect = redirect
            self.request = request
            self.status = status
            self.location = location
        }

        var testDescription: String { "\(redirect), \(location ?? "-")" }
    }

    private static let https = SchemeRedirect(scheme: .https)
    private static let permanent = SchemeRedirect(scheme: .https, isPermanent: true)
    private static let otherPort = SchemeRedirect(scheme: .https, port: 8_443)
    private static let challenge = "/.well-known/acme-challenge"

    static let rows = [
        Row(https, request("/a?b=c"), 302, "https://shop.example/a?b=c"),
        Row(https, request("/a?"), 302, "https://shop.example/a?"),
        Row(https, request("/"), 302, "https://shop.example/"),
        Row(https, request(method: .head), 307, "https://shop.example/"),
        Row(https, request(method: .post), 307, "https://shop.example/"),
        Row(permanent, request(), 301, "https://shop.example/"),
        Row(permanent, request(method: .put), 308, "https://shop.example/"),
        Row(https, request(port: 80), 302, "https://shop.example/"),
        Row(https, request(port: 8_080), 302, "https://shop.example/"),
        Row(otherPort, request(), 302, "https://shop.example:8443/"),
        Row(SchemeRedirect(scheme: .https, port: 443), request(), 302, "https://shop.example/"),
        Row(https, request(host: "[2001:db8::1]"), 302, "https://[2001:db8::1]/"),
        Row(https, request("/a%2Fb%20c"), 302, "https://shop.example/a%2Fb%20c"),
        // Who is there already.
        Row(https, request(isSecure: true), nil, nil),
        Row(https, request(port: 8_443, isSecure: true), nil, nil),
        Row(otherPort, request(port: 8_443, isSecure: true), nil, nil),
        Row(otherPort, request(isSecure: true), 302, "https://shop.example:8443/"),
        Row(SchemeRedirect(scheme: .http), request(), nil, nil),
        Row(SchemeRedirect(scheme: .http), request(isSecure: true), 302, "http://shop.example/"),
        Row(SchemeRedirect(scheme: .http, port: 80), request(port: 80), nil, nil),
        // Certificate authorities.
        Row(https, request("\(challenge)/tOk3n_-"), nil, nil),
        Row(https, request("\(challenge)/t", method: .head), nil, nil),
        Row(https, request("\(challenge)/t", method: .post), 307, "https://shop.example\(challenge)/t"),
        Row(https, request("\(challenge)/"), 302, "https://shop.example\(challenge)/"),
        Row(https, request("\(challenge)/a/b"), 302, "https://shop.example\(challenge)/a/b"),
        Row(https, request("\(challenge)/a%2Fb"), 302, "https://shop.example\(challenge)/a%2Fb"),
        Row(https, request("/x\(challenge)/t"), 302, "https://shop.example/x\(challenge)/t"),
        // Where slashes are not merged a challenge has no more of them than it has.
        Row(https, request("/\(challenge)/t"), 302, "https://shop.example/\(challenge)/t"),
        Row(https, request("\(challenge)//t"), 302, "https://shop.example\(challenge)//t"),
        Row(
            https,
            request("/.well-known//acme-challenge/t"),
            302,
            "https://shop.example/.well-known//acme-challenge/t"
        ),
        // What looks like another host is a path, behind the host.
        Row(https, request("//other.example/x"), 302, "https://shop.example//other.example/x"),
        Row(https, request("//other.example@x"), 302, "https://shop.example//other.example@x"),
        // Nobody knows where to.
        Row(https, request(host: ""), 400, nil),
    ]

    @Test(arguments: rows) func `clients are sent to the scheme`(row: Row) {
        let outcome = RequestRules(steps: [.redirect(row.redirect)]).apply(to: row.request())
        #expect(outcome.answer?.status == row.status)
        #expect(outcome.answer?.value(of: "Location") == row.location)
        #expect((outcome == .forward(HeadEdits())) == (row.status == nil))
    }

    @Test func `a redirect behind a stripped prefix leads where the backend would look`() {
        let strip = PrefixStrip(prefixes: [Array("/api".utf8)])
        let rules = RequestRules(steps: [.strip(strip), .redirect(SchemeRedirect(scheme: .https))])
        let places = ["/api/x": "/x", "/api//other.example/x": "//other.example/x", "/api": "/"]
        for (path, place) in places {
            let location = rules.apply(to: request(path)).answer?.value(of: "Location")
            #expect(location == "https://shop.example\(place)")
        }
    }

    @Test func `refused rules answer 503 with the reason in the log alone`() {
        let answer = RequestRules(steps: [.refuse(reason: "no Secret")]).apply(to: request()).answer
        #expect(answer == LocalAnswer(503, reason: "no Secret"))
        #expect(answer?.body == nil)
    }
}
