import Testing

@testable import Ingress

/// Cookies → endpoints, and endpoints → cookies.
@Suite struct StickySeatsTests {
    private static let urls = ["http://10.42.0.7:8080", "http://[fd00:42::7]:8080"]

    private static func seats(_ settings: StickyCookie.Settings = .init()) -> StickySeats {
        StickySeats(settings, service: "default-web-80@kubernetes", urls: urls)
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let cookies: String
        let endpoint: Int?
        let isOld: Bool

        init(_ cookies: String, _ endpoint: Int?, old isOld: Bool = false) {
            self.cookies = cookies
            self.endpoint = endpoint
            self.isOld = isOld
        }

        var testDescription: String { cookies }
    }

    static let rows = [
        Row("_b81e4=7224574e5eb8702c", 0),
        Row("_b81e4=edf0326749418602", 1),
        Row("a=b; _b81e4=edf0326749418602; c=d", 1),
        Row("a=b;_b81e4=edf0326749418602", 1),
        Row("_b81e4=\"edf0326749418602\"", 1),
        Row("_b81e4=edf0326749418602 ", 1),
        Row("_b81e4=http://10.42.0.7:8080", 0, old: true),
        Row("_b81e4=6c47c5aeb37c61e3", 0, old: true),
        Row("_b81e4=e8ef83e4eab8ab51", 0, old: true),
        Row("_b81e4=0000000000000000", nil),
        Row("_b81e4=", nil),
        Row("_b81e4", nil),
        Row("", nil),
        Row(";;; ;", nil),
        Row("x_b81e4=7224574e5eb8702c", nil),
        Row("_b81e4x=7224574e5eb8702c", nil),
        Row("_B81E4=7224574e5eb8702c", nil),
        Row("a=\"x; _b81e4=7224574e5eb8702c", 0),
        Row("_b81e4=" + String(repeating: "7", count: 600), nil),
        // The first of a name counts, as in Go.
        Row("_b81e4=7224574e5eb8702c; _b81e4=edf0326749418602", 0),
    ]

    @Test(arguments: rows) func `a cookie leads to its endpoint`(row: Row) {
        let seat = Self.seats().seat(in: Array(row.cookies.utf8).span)
        #expect(seat?.endpoint == row.endpoint)
        #expect(seat?.isOld == row.endpoint.map { _ in row.isOld })
    }

    @Test(arguments: [
        (StickyCookie.Settings(), "_b81e4=7224574e5eb8702c; Path=/"),
        (StickyCookie.Settings(name: "seat"), "seat=7224574e5eb8702c; Path=/"),
        (
            StickyCookie.Settings(
                isSecure: true,
                isHTTPOnly: true,
                sameSite: .some(.none),
                maxAge: 60,
                path: "/app",
                domain: "a.example"
            ),
            "_b81e4=7224574e5eb8702c; Path=/app; Domain=a.example; Max-Age=60; HttpOnly; Secure; SameSite=None"
        ),
        (StickyCookie.Settings(sameSite: .lax, maxAge: -1), "_b81e4=7224574e5eb8702c; Path=/; Max-Age=0; SameSite=Lax"),
    ])
    func `a cookie is written`(settings: StickyCookie.Settings, text: String) {
        #expect(String(decoding: Self.seats(settings).cookie(for: 0), as: UTF8.self) == text)
    }
}
