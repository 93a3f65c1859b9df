import DNSWire
import LinuxSystem
import NetworkTypes
import Testing

@testable import ClusterDNS

/// What rules make of questions: `> NAME` a rewritten name, `cluster` and then who is asked, or an answer.
@Suite struct CustomVerdictTests {
    static let data = [
        "a.override": """
        rewrite name app.example.com traefik.kube-system.svc.cluster.local
        rewrite name suffix .dev.lan .dev.svc.cluster.local answer auto
        rewrite stop {
            name regex ^(.*)\\.in\\.example\\.org\\.$ {1}.default.svc.cluster.local
            answer name (.*)\\.default\\.svc\\.cluster\\.local\\. {1}.in.example.org
        }
        rewrite continue name prefix old. new.
        rewrite name substring .staging. .prod.
        rewrite name regex ^bad\\.test\\.$ a..b.test
        template IN A wild.lan {
            match ^(?P<host>[a-z]+)\\.wild\\.lan\\.$
            answer "{{ .Name }} 60 IN A 10.0.0.9"
            fallthrough
        }
        template IN AAAA none.lan {
            rcode NXDOMAIN
            authority "{{ .Zone }} 60 IN SOA ns.{{ .Zone }} host.{{ .Zone }} 1 3600 600 86400 60"
            ederror 15 "no IPv6"
        }
        template IN A ip.lan {
            match ^ip-(?P<a>[0-9a-f]{2})-(\\d+)\\.ip\\.lan\\.$
            answer "{{ .Name }} IN A 10.0.{{ parseInt .Group.a 16 8 }}.{{ index .Match 2 }}"
        }
        template ANY ANY fail.lan {
            rcode SERVFAIL
        }
        template IN ANY to.lan {
            answer "{{ .Name }} 30 {{ .Class }} CNAME www.example.org."
        }
        forward corp.test 10.0.0.1 {
            except pub.corp.test
        }
        forward pub.corp.test 10.0.0.2
        """,
        "b.server": """
        lan.test 10.0.0.0/8 {
            hosts {
                192.168.1.1 router.lan.test fd00::1
                fd00::2 router.lan.test
                192.168.1.2 *.apps.lan.test
                192.168.1.3 elsewhere.test
                ttl 30
                fallthrough v.lan.test
            }
            rewrite name svc.lan.test web.default.svc.cluster.local
            forward v.lan.test 192.168.1.53
        }
        sub.lan.test {
            forward . 192.168.2.53
        }
        k.test {
            kubernetes cluster.local
        }
        """,
    ]

    static let configuration: CustomConfiguration = {
        var keys = CustomKeys(own: [])
        _ = keys.take(data, nodeHosts: "")
        return keys.configuration
    }()

    static let rows: [(name: String, type: RecordType, verdict: String)] = [
        ("www.example.org", .a, "cluster standard"),
        ("APP.example.com", .a, "> traefik.kube-system.svc.cluster.local. cluster standard"),
        ("x.app.example.com", .a, "cluster standard"),
        ("web.dev.lan", .a, "> web.dev.svc.cluster.local. cluster standard"),
        ("a.in.example.org", .a, "> a.default.svc.cluster.local. cluster standard"),
        ("old.staging.test", .a, "> new.prod.test. cluster standard"),
        ("bad.test", .a, "> bad.test. fails"),
        ("web.wild.lan", .a, "NOERROR web.wild.lan. 60 IN A 10.0.0.9"),
        ("web.wild.lan", .aaaa, "cluster standard"),
        ("a.b.wild.lan", .a, "cluster standard"),
        (
            "x.none.lan", .aaaa,
            "NXDOMAIN none.lan. 60 IN SOA ns.none.lan. host.none.lan. 1 3600 600 86400 60"
        ),
        ("x.none.lan", .a, "cluster standard"),
        ("ip-0a-7.ip.lan", .a, "NOERROR ip-0a-7.ip.lan. 3600 IN A 10.0.10.7"),
        ("ip-0a-700.ip.lan", .a, "fails"),
        ("other.ip.lan", .a, "fails"),
        ("x.fail.lan", .mx, "fails"),
        ("x.to.lan", .a, "NOERROR x.to.lan. 30 IN CNAME www.example.org. -> www.example.org."),
        ("x.to.lan", .txt, "NOERROR x.to.lan. 30 IN CNAME www.example.org."),
        ("a.corp.test", .a, "cluster 10.0.0.1"),
        ("corp.test", .a, "cluster 10.0.0.1"),
        ("a.pub.corp.test", .a, "cluster 10.0.0.2"),
        ("router.lan.test", .a, "NOERROR router.lan.test. 30 IN A 192.168.1.1"),
        ("router.lan.test", .aaaa, "NOERROR router.lan.test. 30 IN AAAA fd00::2"),
        ("router.lan.test", .mx, "NOERROR "),
        ("x.apps.lan.test", .a, "NOERROR x.apps.lan.test. 30 IN A 192.168.1.2"),
        ("x.y.apps.lan.test", .a, "fails"),
        ("apps.lan.test", .a, "fails"),
        ("x.v.lan.test", .a, "192.168.1.53"),
        ("none.lan.test", .a, "fails"),
        ("svc.lan.test", .a, "> web.default.svc.cluster.local. cluster nobody"),
        ("x.sub.lan.test", .a, "192.168.2.53"),
        ("3.2.1.10.in-addr.arpa", .ptr, "nobody"),
        ("x.k.test", .a, "cluster nobody"),
        ("elsewhere.test", .a, "cluster standard"),
    ]

    @Test(arguments: rows) func `a question is answered as CoreDNS's order has it`(
        _ row: (name: String, type: RecordType, verdict: String)
    ) {
        let asked = name(row.name + ".")
        let verdict = Self.configuration.verdict(on: asked, row.type)
        let rewritten = verdict.isRewritten ? "> \(verdict.name) " : ""
        #expect(rewritten + Self.text(verdict.step) == row.verdict)
        #expect(verdict.isUsual == (row.verdict == "cluster standard"))
    }

    @Test func `of the rules only a line that is none is left out`() {
        var keys = CustomKeys(own: [])
        _ = keys.take(Self.data, nodeHosts: "")
        #expect(keys.complaints.map(\.line) == [3], "\(keys.complaints)")
    }

    static let restored: [(asked: String, record: String, restored: String)] = [
        (
            "app.example.com.", "traefik.kube-system.svc.cluster.local. 5 IN A 10.43.0.9",
            "app.example.com. 5 IN A 10.43.0.9"
        ),
        (
            "app.example.com.",
            "traefik.kube-system.svc.cluster.local. 5 IN CNAME x.traefik.kube-system.svc.cluster.local.",
            "app.example.com. 5 IN CNAME x.app.example.com."
        ),
        ("app.example.com.", "other.test. 5 IN A 10.43.0.9", "other.test. 5 IN A 10.43.0.9"),
        ("web.dev.lan.", "web.dev.svc.cluster.local. 5 IN A 10.43.0.9", "web.dev.lan. 5 IN A 10.43.0.9"),
        (
            "web.dev.lan.", "a.dev.svc.cluster.local. 5 IN SRV 0 1 80 b.dev.svc.cluster.local.",
            "a.dev.lan. 5 IN SRV 0 1 80 b.dev.lan."
        ),
        ("a.in.example.org.", "a.default.svc.cluster.local. 5 IN A 10.43.0.9", "a.in.example.org. 5 IN A 10.43.0.9"),
        ("old.staging.test.", "new.prod.test. 5 IN A 10.43.0.9", "old.staging.test. 5 IN A 10.43.0.9"),
    ]

    @Test(arguments: restored) func `records of a rewritten question are made the client's`(
        _ row: (asked: String, record: String, restored: String)
    ) throws {
        let verdict = Self.configuration.verdict(on: name(row.asked), .a)
        let edns = EDNS(payloadSize: 512)
        let query = Message(id: 7, flags: .recursionDesired, questions: [Question(name(row.asked), .a)], edns: edns)
        let packet = query.encoded()
        guard case .query(let received) = ReceivedPacket(packet.span) else { return #expect(Bool(false)) }
        let found = QuestionRestoration(received, in: packet.span, verdict.answers)
        let restoration = try #require(found)
        let inner = try Message(decoding: restoration.packet(asking: verdict.name))
        #expect(inner.questions.map(\.name) == [verdict.name])
        var reply = inner
        reply.flags.insert(.response)
        reply.answers = [try RecordText.record(row.record)]
        let restored = try Message(decoding: restoration.restored(reply.encoded(), over: .datagram))
        #expect(restored.questions.map(\.name) == [name(row.asked)])
        #expect(restored.answers.map(\.description) == [row.restored])
    }

    @Test func `reverse names are those of hosts, but for wildcards and no_reverse`() {
        var keys = CustomKeys(own: [])
        let text = "a.test {\n hosts {\n 10.0.0.1 x.a.test *.a.test\n fallthrough\n }\n forward . 10.0.0.53\n}"
        _ = keys.take(["a.server": text.replacing("a.test {", with: "a.test 10.0.0.0/8 {")], nodeHosts: "")
        #expect(keys.complaints.isEmpty, "\(keys.complaints)")
        let verdict = keys.configuration.verdict(on: name("1.0.0.10.in-addr.arpa."), .ptr)
        #expect(Self.text(verdict.step) == "NOERROR 1.0.0.10.in-addr.arpa. 3600 IN PTR x.a.test.")
        let other = keys.configuration.verdict(on: name("2.0.0.10.in-addr.arpa."), .ptr)
        #expect(Self.text(other.step) == "10.0.0.53")
    }

    @Test func `log rules are those of the block, unless the agent is told`() {
        var keys = CustomKeys(own: [])
        let data = [
            "a.override": "log . {\n class denial error\n}",
            "b.server": "a.test {\n log\n}\nb.test {\n errors\n}\nc.test {\n log x.c.test\n}",
        ]
        _ = keys.take(data, nodeHosts: "")
        let rules = keys.configuration.queryLog(QueryLogRules())
        let rows: [(String, QueryClasses)] = [
            ("x.test.", [.denial, .error]), ("x.a.test.", .all), ("x.b.test.", []), ("c.test.", []),
            ("x.c.test.", .all),
        ]
        for (asked, classes) in rows { #expect(rules.classes(of: name(asked)) == classes, "\(asked)") }
        let told = keys.configuration.queryLog(QueryLogRules([QueryLogRules.Rule(.success)]))
        #expect(told.classes(of: name("x.b.test.")) == .success)
    }

    private static func text(_ step: CustomVerdict.Step) -> String {
        switch step {
        case .fails: "fails"
        case .answer(let answer):
            "\(answer.code) " + (answer.answers + answer.authorities).map(\.description).joined(separator: ", ")
                + (answer.target.map { " -> \($0)" } ?? "")
        case .goesOn(let servesCluster, let servers): (servesCluster ? "cluster " : "") + text(servers)
        }
    }

    private static func text(_ servers: CustomVerdict.Servers) -> String {
        switch servers {
        case .standard: return "standard"
        case .nobody: return "nobody"
        case .own(let rule):
            guard case .own(let upstreams) = rule.servers else { return "standard" }
            return upstreams.map(\.description).joined(separator: " ")
        }
    }
}
