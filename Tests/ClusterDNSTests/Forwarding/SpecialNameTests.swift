import DNSWire
import NetworkTypes
import Testing

@testable import ClusterDNS

@Suite struct SpecialNameTests {
    /// Name and type → the code and the answer; nil if others are asked.
    static let rows: [(String, RecordType, ResponseCode?, String)] = [
        ("localhost", .a, .noError, "127.0.0.1"),
        ("LOCALHOST", .aaaa, .noError, "::1"),
        ("a.b.localhost", .a, .noError, "127.0.0.1"),
        ("localhost", .mx, .noError, ""),
        ("1.0.0.127.in-addr.arpa", .ptr, .noError, "localhost."),
        ("1.0.0.127.in-addr.arpa", .a, .noError, ""),
        ("1" + String(repeating: ".0", count: 31) + ".ip6.arpa", .ptr, .noError, "localhost."),
        ("2.0.0.127.in-addr.arpa", .ptr, .nameError, ""),
        ("127.in-addr.arpa", .soa, .noError, ""),
        ("invalid", .a, .nameError, ""),
        ("a.invalid", .aaaa, .nameError, ""),
        ("abc.onion", .a, .nameError, ""),
        ("_dns.resolver.arpa", .svcb, .noError, ""),
        ("resolver.arpa", .a, .noError, ""),
        ("localhost.test", .a, nil, ""),
        ("notlocalhost", .a, nil, ""),
        ("router", .a, nil, ""),
        ("printer.local", .a, nil, ""),
        ("1.1.168.192.in-addr.arpa", .ptr, nil, ""),
        ("arpa", .ns, nil, ""),
        (".", .ns, nil, ""),
    ]

    @Test(arguments: rows)
    func `what no other server may be asked is answered here`(
        name: String,
        type: RecordType,
        code: ResponseCode?,
        answer: String
    ) throws {
        let bench = ForwarderBench(.dead)
        bench.ask(name, type)
        #expect(bench.log.isEmpty == (code != nil))
        guard let code else { return }
        let message = try #require(bench.given.first?.message)
        #expect(message.code == code)
        #expect(message.answers.map(\.data.description) == (answer.isEmpty ? [] : [answer]))
        // Absence can be remembered.
        #expect(message.authorities.map(\.type) == (answer.isEmpty ? [.soa] : []))
    }
}
