import ClusterState
import Testing

@testable import Ingress

/// Secrets → the users that BasicAuth lets in.
@Suite struct PasswordFileTests {
    struct Users: CustomTestStringConvertible, Sendable {
        let type: String
        let data: [String: String]
        let users: [String]
        let complaints: [String]

        init(_ data: [String: String], type: String = "Opaque", _ users: [String], complaints: [String] = []) {
            self.type = type
            self.data = data
            self.users = users
            self.complaints = complaints
        }

        var testDescription: String { "\(data)" }
    }

    private static let sha = "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="
    private static let bcrypt = "$2y$06$nQ7nuwnZ5tYYVLMwMxbyQO6d1o01YMq4QSaHZ0ySvOeCp46bkmPEK"

    static let secrets = [
        Users(["users": "ann:\(sha)"], ["ann"]),
        Users(["users": "\n# us\n ann:\(sha) \r\n\nbob:\(bcrypt)\n"], ["ann", "bob"]),
        Users(["auth": "ann:\(sha)"], ["ann"]),
        Users(["users": "ann:\(sha)", "other": "x"], ["ann"]),
        Users(["users": "ann:\(sha)\nann:\(bcrypt)"], ["ann"]),
        Users(["users": "ann:\(sha)\nbob:plain"], ["ann"], complaints: ["line 2: the user cannot log in"]),
        Users(["users": "ann:\(sha)\nbob"], ["ann"], complaints: ["line 2: USER:HASH"]),
        Users(["users": "ann:\(sha)\n:\(sha)"], ["ann"], complaints: ["line 2: USER:HASH"]),
        Users(["username": "ann", "password": "secret"], type: "kubernetes.io/basic-auth", ["ann"]),
        Users([:], [], complaints: ["under the key users", "names no user"]),
        Users(["a": "ann:\(sha)", "b": "x"], [], complaints: ["under the key users", "names no user"]),
        Users(["users": ""], [], complaints: ["names no user"]),
        Users(["users": "ann:plain"], [], complaints: ["cannot log in", "names no user"]),
        Users(
            ["username": "ann"],
            type: "kubernetes.io/basic-auth",
            [],
            complaints: ["write both", "names no user"]
        ),
        Users(
            ["username": "a:b", "password": "x"],
            type: "kubernetes.io/basic-auth",
            [],
            complaints: ["no user can be called so", "names no user"]
        ),
    ]

    @Test(arguments: secrets) func `a Secret names who is let in`(row: Users) {
        let metadata = ObjectMetadata(name: "auth", namespace: "shop")
        let secret = Secret(metadata: metadata, type: row.type, data: row.data.mapValues { Array($0.utf8) })
        let reading = MiddlewareSpecTests.read(["basicAuth": ["secret": "auth"]], secrets: [secret])
        if case .authenticate(let authentication)? = reading.rules.steps.first {
            #expect(authentication.users.keys.sorted() == row.users)
            #expect(authentication.users["ann"]?.matches(Array("secret".utf8)) == true)
        } else {
            #expect(row.users == [])
            #expect(reading.rules.refusal?.contains("names no user") == true)
        }
        #expect(reading.complaints.count == row.complaints.count, "\(reading.complaints)")
        for (complaint, part) in zip(reading.complaints, row.complaints) {
            #expect(complaint.description.contains(part), "\(complaint)")
            #expect(!complaint.description.contains("ann:") && !complaint.description.contains("plain"))
        }
        #expect(reading.dependencies.contains(ObjectKey(.secret, namespace: "shop", name: "auth")))
    }

    @Test func `all of basicAuth is read`() {
        let metadata = ObjectMetadata(name: "auth", namespace: "shop")
        let secret = Secret(metadata: metadata, data: ["users": Array("ann:\(Self.sha)".utf8)])
        let spec: StructuredValue = [
            "basicAuth": ["secret": "auth", "realm": "shop", "removeHeader": true, "headerField": "X-User"]
        ]
        guard case .authenticate(let step)? = MiddlewareSpecTests.read(spec, secrets: [secret]).rules.steps.first else {
            Issue.record("no authentication")
            return
        }
        #expect(step.realm == "shop" && step.removesHeader && step.userField == "X-User")
        for (name, value) in [
            ("realm", "a\u{7f}"), ("headerField", "a b"), ("headerField", "Host"), ("headerField", "TE"),
        ] {
            let wrong: StructuredValue = ["basicAuth": .object(["secret": "auth", name: .string(value)])]
            #expect(
                MiddlewareSpecTests.read(wrong, secrets: [secret]).complaints.map(\.place) == ["spec.basicAuth.\(name)"]
            )
        }
    }
}
