import Testing

@testable import Ingress

/// Credentials → who is let in, and who is asked again.
@Suite struct BasicAuthenticationTests {
    /// secret, of crypt's cheapest.
    private static let users = [
        "ann": "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
        "bob": "$2b$04$XajjQvNhvvRt5GSeFk1xFevzAJCFx0OEM1iKEb870GMYSyAwwRigi",
    ]

    static func authentication(
        realm: String = "traefik",
        removesHeader: Bool = false,
        userField: String? = nil
    ) throws -> BasicAuthentication {
        BasicAuthentication(
            users: try users.mapValues { try PasswordHash(parsing: $0) },
            realm: realm,
            removesHeader: removesHeader,
            userField: userField
        )
    }

    /// What becomes of a request once its password, if it has one that is compared, was compared.
    static func outcome(
        _ rules: RequestRules,
        _ request: RequestFacts,
        _ memory: RuleMemory = RuleMemory()
    ) -> RuleOutcome {
        let outcome = rules.apply(to: request, at: .zero, with: memory)
        guard let check = outcome.check else { return outcome }
        return rules.resume(check, isRight: check.isRight(), of: request, at: .zero, with: memory)
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let header: String?
        let user: String?

        init(_ header: String?, _ user: String?) {
            self.header = header
            self.user = user
        }

        var testDescription: String { header ?? "-" }
    }

    static let rows = [
        Row("Basic YW5uOnNlY3JldA==", "ann"),
        Row("basic YW5uOnNlY3JldA==", "ann"),
        Row("BASIC   YW5uOnNlY3JldA", "ann"),
        Row("Basic Ym9iOnNlY3JldA==", "bob"),
        Row(nil, nil),
        Row("", nil),
        Row("Basic", nil),
        Row("Basic ", nil),
        Row("Bearer YW5uOnNlY3JldA==", nil),
        Row("BasicYW5uOnNlY3JldA==", nil),
        Row("Basic YW5uOnNlY3JldA= ", nil),
        Row("Basic YW5uOnNlY3JldA== x", nil),
        Row("Basic %%%", nil),
        // ann:Secret, ann:secre, ann:, :secret, ann, eve:secret
        Row("Basic YW5uOlNlY3JldA==", nil),
        Row("Basic YW5uOnNlY3Jl", nil),
        Row("Basic YW5uOg==", nil),
        Row("Basic OnNlY3JldA==", nil),
        Row("Basic YW5u", nil),
        Row("Basic ZXZlOnNlY3JldA==", nil),
        // ann, NUL, :secret; and an octet that is no UTF-8 before the colon.
        Row("Basic YW5uADpzZWNyZXQ=", nil),
        Row("Basic /zpzZWNyZXQ=", nil),
        // More than anybody remembers.
        Row("Basic YW5u" + String(repeating: "YW5u", count: 400) + "OnNlY3JldA==", nil),
    ]

    @Test(arguments: rows) func `credentials let in or not`(row: Row) throws {
        let rules = RequestRules(steps: [.authenticate(try Self.authentication())])
        let fields: NamedFields = row.header.map { ["Authorization": $0] } ?? [:]
        let outcome = Self.outcome(rules, request(with: fields))
        #expect(outcome.edits?.user == row.user)
        if row.user == nil {
            #expect(outcome.answer?.status == 401)
            #expect(outcome.answer?.value(of: "WWW-Authenticate") == "Basic realm=\"traefik\"")
        }
    }

    private static let ann: NamedFields = ["Authorization": "Basic YW5uOnNlY3JldA==", "X-User": "root"]

    @Test func `two lines of credentials are none`() throws {
        let rules = RequestRules(steps: [.authenticate(try Self.authentication())])
        let value = "Basic YW5uOnNlY3JldA=="
        let twice = request(with: ["Authorization": value, "Authorization": value])
        #expect(Self.outcome(rules, twice).answer?.status == 401)
    }

    @Test func `the backend is told who it is, and not what the client claims`() throws {
        let authentication = try Self.authentication(removesHeader: true, userField: "X-User")
        let edits = Self.outcome(RequestRules(steps: [.authenticate(authentication)]), request(with: Self.ann)).edits
        #expect(edits?.request.added == [EditedField("X-User", "ann")])
        for name in ["x-user", "X-USER", "X_User", "authorization"] {
            #expect(edits?.request.removes(Array(name.utf8)) == true, "\(name)")
        }
        #expect(edits?.request.removes(Array("X-Users".utf8)) == false)
    }

    @Test func `a realm is quoted`() throws {
        let rules = RequestRules(steps: [.authenticate(try Self.authentication(realm: "a \"b\" \\"))])
        let value = rules.apply(to: request()).answer?.value(of: "WWW-Authenticate")
        #expect(value == "Basic realm=\"a \\\"b\\\" \\\\\"")
    }

    @Test func `a challenge of a certificate authority needs no password`() throws {
        let rules = RequestRules(steps: [.authenticate(try Self.authentication())])
        #expect(rules.apply(to: request("/.well-known/acme-challenge/token")) == .forward(HeadEdits()))
        let others = [
            "/.well-known/acme-challenge/a/b", "//.well-known/acme-challenge/a", "/.well-known//acme-challenge/a",
            "/.well-known/acme-challenge//a", "/x//.well-known/acme-challenge/a",
        ]
        for path in others { #expect(rules.apply(to: request(path)).answer?.status == 401, "\(path)") }
    }

    @Test func `what was compared once is not compared again`() throws {
        let rules = RequestRules(steps: [.authenticate(try Self.authentication())])
        let memory = RuleMemory()
        let wrong = request(with: ["Authorization": "Basic YW5uOlNlY3JldA=="])
        for request in [request(with: Self.ann), wrong] {
            let first = rules.apply(to: request, at: .zero, with: memory)
            #expect(first.check != nil)
            let resumed = Self.outcome(rules, request, memory)
            #expect(rules.apply(to: request, at: .zero, with: memory) == resumed)
        }
    }

    @Test func `a changed hash is compared anew`() throws {
        let memory = RuleMemory()
        let old = RequestRules(steps: [.authenticate(try Self.authentication())])
        #expect(Self.outcome(old, request(with: Self.ann), memory).edits != nil)
        let hash = try PasswordHash(parsing: "{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk=")
        let new = RequestRules(steps: [.authenticate(BasicAuthentication(users: ["ann": hash]))])
        #expect(new.apply(to: request(with: Self.ann), at: .zero, with: memory).check != nil)
        #expect(Self.outcome(new, request(with: Self.ann), memory).answer?.status == 401)
    }

    @Test func `an unknown user costs a comparison and is refused though the password is another's`() throws {
        let rules = RequestRules(steps: [.authenticate(try Self.authentication())])
        let eve = request(with: ["Authorization": "Basic ZXZlOnNlY3JldA=="])
        let check = rules.apply(to: eve).check
        #expect(check?.user == "eve")
        #expect(check?.isRight() == false)
    }

    @Test func `guesses do not push out those who know theirs`() throws {
        let rules = RequestRules(steps: [.authenticate(try Self.authentication())])
        let memory = RuleMemory(passwords: 2)
        #expect(Self.outcome(rules, request(with: Self.ann), memory).edits != nil)
        for guess in ["Basic YW5uOmE=", "Basic YW5uOmI=", "Basic YW5uOmM=", "Basic YW5uOmQ="] {
            #expect(Self.outcome(rules, request(with: ["Authorization": guess]), memory).answer?.status == 401)
        }
        #expect(rules.apply(to: request(with: Self.ann), at: .zero, with: memory).edits != nil)
    }

    @Test func `the steps behind a password wait for it, and those before are done once`() throws {
        let limit = RateLimit(identity: "limit", rate: 1, burst: 1)
        let strip = PrefixStrip(prefixes: [Array("/a".utf8)])
        let rules = RequestRules(steps: [
            .limit(limit), .strip(strip), .authenticate(try Self.authentication()), .strip(strip),
        ])
        let edits = Self.outcome(rules, request("/a/a/x", with: Self.ann)).edits
        #expect(edits?.path == Array("/x".utf8))
        #expect(edits?.user == "ann")
    }

    @Test func `nothing of a password is printed`() throws {
        let rules = RequestRules(steps: [.authenticate(try Self.authentication())])
        let check = try #require(rules.apply(to: request(with: Self.ann)).check)
        var dumped = ""
        dump(check, to: &dumped)
        for text in ["\(check)", String(reflecting: check), dumped, "\(rules)"] {
            #expect(!text.contains("secret") && !text.contains("115, 101"), "\(text)")
        }
    }
}
