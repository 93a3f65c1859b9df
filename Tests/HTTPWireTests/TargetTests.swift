import HTTPWire
import Testing

/// Paths and hosts as they are compared: what a request names, and what that means.
@Suite struct TargetTests {
    static let paths: [(String, String)] = [
        ("/", "="), ("/a", "="), ("/a/b/c", "="), ("/a/", "="), ("", "/"), ("/index.html", "="), ("/a.b/c..d/...", "="),
        ("/abcdefg/.well-known/x", "="), ("/.well-known", "="), ("/a/..b", "="), ("/a/b..", "="), ("/...", "="),
        ("/.", "/"), ("/./", "/"), ("/a/.", "/a/"), ("/a/./b", "/a/b"), ("/a/./", "/a/"), ("/./a", "/a"),
        ("/a/..", "/"), ("/a/../", "/"), ("/a/../b", "/b"), ("/a/b/..", "/a/"), ("/a/b/../c", "/a/c"),
        ("/a/b/../../c", "/c"), ("/a/./b/../c/.", "/a/c/"), ("/abcdefgh/../x", "/x"), ("/abcdefg/./x", "/abcdefg/x"),
        ("/..", "refused"), ("/../a", "refused"), ("/a/../..", "refused"), ("/a/../../b", "refused"),
        ("/./..", "refused"), ("/%2e%2e", "refused"), ("/%2E%2e/a", "refused"), ("/.%2e/a", "refused"),
        ("/a/%2e%2e/b", "/b"), ("/a/%2e/b", "/a/b"), ("/a/.%2E/b", "/b"), ("/a/%2e", "/a/"), ("/a/%2e%2e", "/"),
        ("/%61", "/a"), ("/%41%5A%7e%5f%2d%30", "/AZ~_-0"), ("/%7Euser", "/~user"), ("/a%2eb", "/a.b"),
        ("/%2F", "="), ("/%2f", "/%2F"), ("/a%2F..%2Fb", "="), ("/..%2fa", "/..%2Fa"), ("/a/..%2f", "/a/..%2F"),
        ("/%5c", "/%5C"),
        ("/%25", "="), ("/%252e%252e", "="), ("/%252f", "="), ("/%3B", "="), ("/a;b=c", "="), ("/a/..;/b", "="),
        ("/a/..%3b/b", "/a/..%3B/b"), ("/%00", "="), ("/%0d%0a", "/%0D%0A"), ("/%20", "="),
        ("/%e2%82%ac", "/%E2%82%AC"), ("/%C3%A9", "="),
        ("/a%2Fb/../c", "/c"), ("/%21%24", "="), ("/a+b", "="), ("/a\\..\\b", "="), ("/a:b@c", "="),
        ("/%", "refused"), ("/%6", "refused"), ("/%6/a", "refused"), ("/%zz", "refused"), ("/%6z", "refused"),
        ("/%-1", "refused"), ("/% 1", "refused"), ("/a%", "refused"), ("/abcdefg%4", "refused"), ("/%u0041", "refused"),
        ("/%%41", "refused"), ("a", "refused"), ("*", "refused"), ("a/b", "refused"), ("//", "="), ("//a", "="),
        ("/a//b", "="), ("/a//", "="), ("/a//../b", "/a/b"), ("/a/..//b", "//b"), ("/a b", "refused"),
        ("/a\tb", "refused"), ("/a\u{0}b", "refused"), ("/a\u{7f}b", "refused"), ("/a?b", "refused"),
        ("/a#b", "refused"), ("/abcdefg\u{1}", "refused"),
        // The octets that parsers let through if they are told to. None of them is a dot or a slash, whatever it looks like.
        ("/\u{c3}\u{a9}", "/%C3%A9"), ("/caf\u{e9}", "/caf%E9"), ("/\u{80}\u{ff}", "/%80%FF"),
        ("/\u{c3}%a9", "/%C3%A9"), ("/abcdefg\u{e9}/../\u{e9}", "/%E9"), ("/\u{e9}/..", "/"),
        ("/a/\u{c0}\u{ae}\u{c0}\u{ae}/b", "/a/%C0%AE%C0%AE/b"), ("/a\u{c0}\u{af}b", "/a%C0%AFb"),
        ("/\u{ae}\u{ae}", "/%AE%AE"), ("/\u{85}", "/%85"), ("/\u{a0}", "/%A0"),
        ("/abcdefghijklmno\u{e9}", "/abcdefghijklmno%E9"), ("/\u{e9}%", "refused"), ("/%\u{e9}1", "refused"),
        ("/%1\u{e9}", "refused"), ("/\u{e9} ", "refused"), ("/\u{e9}\u{0}", "refused"), ("\u{e9}", "refused"),
        ("/\u{e9}/../..", "refused"), ("/\u{e9}//..", "/%E9/"),
    ]

    static let pathsOfMergedSlashes: [(String, String)] = [
        ("//", "/"), ("///", "/"), ("//a", "/a"), ("/a//b", "/a/b"), ("/a//", "/a/"), ("/a///b//c", "/a/b/c"),
        ("/abcdefg//b", "/abcdefg/b"), ("/abcdef//b", "/abcdef/b"), ("/a//../b", "/b"), ("/a/..//b", "/b"),
        ("/a/%2f/b", "/a/%2F/b"), ("/a/./b", "/a/b"), ("/a/.//b", "/a/b"), ("//..", "refused"), ("//../a", "refused"),
        ("/a/b", "="), ("/http://b/", "/http:/b/"), ("/\u{e9}//\u{e9}", "/%E9/%E9"), ("/\u{e9}//..", "/"),
    ]

    @Test(arguments: paths.map { ($0, $1, false) } + pathsOfMergedSlashes.map { ($0, $1, true) })
    func `a path is made the one that it means`(path: String, normal: String, mergesSlashes: Bool) {
        var normaliser = PathNormaliser()
        #expect(Self.outcome(path, &normaliser, mergesSlashes) == (normal == "=" ? path : normal))
        let isAsIs = normaliser.normalise(Wire.octets(path).span, mergingSlashes: mergesSlashes) == .asIs
        #expect(isAsIs == (normal == "="))
    }

    @Test(arguments: paths.map { ($0, $1, false) } + pathsOfMergedSlashes.map { ($0, $1, true) })
    func `a normal path stays as it is`(path: String, normal: String, mergesSlashes: Bool) {
        guard normal != "refused", normal != "=" else { return }
        var normaliser = PathNormaliser()
        #expect(normaliser.normalise(Wire.octets(normal).span, mergingSlashes: mergesSlashes) == .asIs)
    }

    @Test func `one normaliser serves one path behind the other`() {
        var normaliser = PathNormaliser()
        #expect(Self.outcome("/a/../bcd", &normaliser, false) == "/bcd")
        #expect(Self.outcome("/%61", &normaliser, false) == "/a")
        #expect(Self.outcome("/..", &normaliser, false) == "refused")
        #expect(Self.outcome("/.", &normaliser, false) == "/")
    }

    private static func outcome(_ path: String, _ normaliser: inout PathNormaliser, _ mergesSlashes: Bool) -> String {
        switch normaliser.normalise(Wire.octets(path).span, mergingSlashes: mergesSlashes) {
        case .asIs: path
        case .rewritten: Wire.text(normaliser.octets)
        case .refused: "refused"
        }
    }

    static let hosts: [(String, String)] = [
        ("a", "a"), ("Example.ORG", "example.org"), ("a.", "a"), ("A.B.:80", "a.b 80"), ("a:", "a"), ("a:0", "a 0"),
        ("a:65535", "a 65535"), ("a:00080", "a 80"), ("", ""), ("192.0.2.1:8080", "192.0.2.1 8080"),
        ("[::1]", "[::1]"), ("[2001:DB8::A]:443", "[2001:db8::a] 443"), ("a_b", "a_b"),
        ("xn--nxasmq6b", "xn--nxasmq6b"),
        ("a:65536", "refused"), ("a:b", "refused"), (":80", "refused"), (".", "refused"), ("a..", "refused"),
        ("a..b", "refused"), ("u@a", "refused"), ("a/b", "refused"), ("a b", "refused"), ("[::1", "refused"),
        ("[::1]x", "refused"), ("a%41", "refused"), ("[::1%25lo]", "refused"), ("a,b", "refused"),
        ("a:80:90", "refused"),
    ]

    @Test(arguments: hosts)
    func `a host is taken apart and made comparable`(authority: String, expected: String) {
        var name = HostName()
        // Behind another one, of which nothing may stay.
        _ = name.normalise("before.example:1".utf8.span, 0..<16)
        let octets = Wire.octets("x\(authority)x")
        let outcome =
            name.normalise(octets.span, 1..<octets.count - 1)
            ? Wire.text(name.octets) + (name.port.map { " \($0)" } ?? "") : "refused"
        #expect(outcome == expected)
    }

    @Test func `no host is one of no octets`() {
        var name = HostName()
        let outcomes = [name.normalise("a".utf8.span, 0..<1), name.normalise("a".utf8.span, nil)]
        #expect(outcomes == [true, true])
        #expect(name.octets == [])
    }
}
