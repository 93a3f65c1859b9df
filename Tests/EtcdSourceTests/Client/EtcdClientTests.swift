import KubernetesObjects
import Testing

@testable import EtcdSource

@Suite(.serialized, .timeLimit(.minutes(2))) struct EtcdClientTests {
    @Test func `keys are written in one transaction and listed at one revision`() async throws {
        let server = try await EtcdServer()
        try await withClient(EtcdConnection(endpoints: [server.endpoint])) { client in
            let lease = try await client.grantLease(seconds: 600)
            let writing = Transaction(
                if: [.absent("/n/a")],
                then: [.put("/n/a", value: "1", leaseID: lease), .put("/n/b", value: "\u{e9}\n", leaseID: 0)]
            )
            #expect(try await client.commit(writing))
            #expect(try await client.commit(writing) == false)
            try server.control("put", "/n0", "behind the range")
            let list = try await client.list("/n/")
            #expect(list.pairs.map(\.key) == ["/n/a", "/n/b"])
            #expect(list.pairs.map { String(decoding: $0.value, as: UTF8.self) } == ["1", "\u{e9}\n"])
            #expect(list.pairs.map(\.leaseID) == [lease, 0])
            let revision = list.pairs[0].revision
            #expect(
                try await client.commit(
                    Transaction(if: [.unchanged("/n/a", revision: revision)], then: [.delete("/n/a")])
                )
            )
            #expect(try await client.get("/n/a").pair == nil)
        }
    }

    @Test func `a list of many keys comes in pages and is whole`() async throws {
        let server = try await EtcdServer()
        try await withClient(EtcdConnection(endpoints: [server.endpoint])) { client in
            let count = EtcdClient.pageSize * 2 + 1
            for start in stride(from: 0, to: count, by: 100) {
                let puts = (start..<min(start + 100, count)).map { number in
                    Transaction.Operation.put("/n/\(number + 10_000)", value: "v\(number)", leaseID: 0)
                }
                #expect(try await client.commit(Transaction(if: [], then: puts)))
            }
            let list = try await client.list("/n/")
            #expect(list.pairs.count == count)
            #expect(list.pairs.last?.value == Array("v\(count - 1)".utf8))
        }
    }

    @Test func `large values come in smaller pages, and one that is too large is named`() async throws {
        let server = try await EtcdServer()
        let connection = EtcdConnection(endpoints: [server.endpoint])
        try await withClient(connection) { client in
            for number in 10..<40 {
                let value = String(repeating: "x", count: 100_000)
                let put = Transaction.Operation.put("/n/\(number)", value: value, leaseID: 0)
                let isDone = try await client.commit(Transaction(if: [], then: [put]))
                #expect(isDone)
            }
        }
        // Room for seven of them, and for none.
        for (limit, keys) in [(1 << 20, 30), (100_000, nil)] as [(Int, Int?)] {
            let client = EtcdClient(connection, answerLimit: limit)
            var found: [String]?
            var complaint = ""
            do {
                found = try await client.list("/n/").pairs.map(\.key)
            } catch {
                complaint = "\(error)"
            }
            await client.close()
            #expect(found == keys.map { count in (10..<10 + count).map { "/n/\($0)" } })
            #expect(complaint.contains("it answers with more than 0 MiB") == (keys == nil), "\(complaint)")
        }
    }

    @Test func `a lease is renewed, and found gone once it is revoked`() async throws {
        let server = try await EtcdServer()
        try await withClient(EtcdConnection(endpoints: [server.endpoint])) { client in
            let lease = try await client.grantLease(seconds: 600)
            #expect(try await client.renewLease(lease) == 600)
            let remaining = try #require(try await client.remainingSeconds(ofLease: lease))
            #expect((590...600).contains(remaining))
            try server.control("lease", "revoke", String(lease, radix: 16))
            #expect(try await client.renewLease(lease) == nil)
            #expect(try await client.remainingSeconds(ofLease: lease) == nil)
        }
    }

    @Test func `a watch is as far as its last event, not as far as its message says`() throws {
        // As etcd answers a watch that catches up: 1000 revisions at a time, under the newest revision of all.
        let message = #"""
            {"header":{"cluster_id":"1","revision":"5000"},"events":[
            {"kv":{"key":"YQ==","mod_revision":"1001","value":"eA=="}},
            {"type":"DELETE","kv":{"key":"YQ==","mod_revision":"1002"}}]}
            """#
        let document = try #require(EtcdClient.parse(Array(message.utf8)))
        let read = try document.watchMessage()
        #expect(read.lastRevision == 1002)
        #expect(read.events.count == 2)
        let progress = try #require(EtcdClient.parse(Array(#"{"header":{"cluster_id":"1","revision":"9"}}"#.utf8)))
        #expect(try progress.watchMessage().lastRevision == 0)
    }

    @Test(arguments: ["0", "-3", "9223372036854775807"])
    func `an answer whose revision has no next one is not etcd's`(_ revision: String) throws {
        let header = #"{"header":{"cluster_id":"1","revision":"\#(revision)"}}"#
        let event = #"""
            {"header":{"cluster_id":"1","revision":"9"},"events":[{"kv":{"key":"YQ==","mod_revision":"\#(revision)"}}]}
            """#
        for text in [header, event] {
            let document = try #require(EtcdClient.parse(Array(text.utf8)))
            #expect(throws: UnexpectedAnswer.self) { try document.watchMessage() }
        }
    }

    @Test func `an endpoint that is down is left for the next one and named`() async throws {
        let server = try await EtcdServer()
        let down = "http://127.0.0.1:\(try LoopbackPort.free())"
        try await withClient(EtcdConnection(endpoints: [down, server.endpoint])) { client in
            let pair = try await client.get("/x").pair
            #expect(pair == nil)
            #expect(client.currentEndpoint == server.endpoint)
            #expect(client.failures.map(\.description) == ["\(down): connection refused"])
        }
    }

    @Test func `when no endpoint answers all are named with their reasons`() async throws {
        let (one, two) = (try LoopbackPort.free(), try LoopbackPort.free())
        let endpoints = ["http://127.0.0.1:\(one)", "http://127.0.0.1:\(two)"]
        try await withClient(EtcdConnection(endpoints: endpoints)) { client in
            let failures = endpoints.map { EndpointFailure(endpoint: $0, reason: "connection refused") }
            await #expect(throws: EtcdError.unreachable(failures)) { try await client.get("/x") }
        }
    }

    @Test func `a slow endpoint is left for the next one after its time`() async throws {
        let slow = try await EtcdServer()
        let server = try await EtcdServer()
        slow.pause()
        defer { slow.resume() }
        let connection = EtcdConnection(endpoints: [slow.endpoint, server.endpoint], patience: .milliseconds(300))
        try await withClient(connection) { client in
            let pair = try await client.get("/x").pair
            #expect(pair == nil)
            #expect(client.failures.map(\.description) == ["\(slow.endpoint): no answer within 0.3 seconds"])
        }
    }

    @Test(arguments: [
        ("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>", "it answers 200 with what is no JSON: '<html>'"),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n{\"message\":\"hi\"}",
            "its answer is not etcd's: it has no header as etcd's answers have"
        ),
        ("HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", "it answers 502 with what is no JSON: ''"),
        ("", "it closed the connection"),
    ])
    func `an endpoint that answers rubbish is left for the next one`(answer: String, reason: String) async throws {
        let server = try await EtcdServer()
        let rubbish = try RubbishServer(answering: answer)
        try await withClient(EtcdConnection(endpoints: [rubbish.endpoint, server.endpoint])) { client in
            let pair = try await client.get("/x").pair
            #expect(pair == nil)
            #expect(client.failures.map(\.description) == ["\(rubbish.endpoint): \(reason)"])
            #expect(client.currentEndpoint == server.endpoint)
        }
    }

    @Test func `a user is authenticated, and again when the token is no longer taken`() async throws {
        let server = try await EtcdServer(["--auth-token", "simple"])
        try server.control("user", "add", "root:secret")
        try server.control("user", "grant-role", "root", "root")
        try server.control("auth", "enable")
        let file = server.directory.entry("password")
        try await File.write("secret\n", to: file)
        let account = EtcdConnection.Account(user: "root", passwordFile: file)
        try await withClient(EtcdConnection(endpoints: [server.endpoint], account: account)) { client in
            let pair = try await client.get("/x").pair
            #expect(pair == nil)
            // etcd forgets simple tokens when it starts.
            try server.kill()
            try await server.restart()
            let again = try await client.get("/x").pair
            #expect(again == nil)
        }
        try await withClient(EtcdConnection(endpoints: [server.endpoint])) { client in
            await #expect(
                throws: EtcdError.refused(endpoint: server.endpoint, message: "etcdserver: user name is empty")
            ) {
                try await client.get("/x")
            }
        }
        try await File.write("wrong\n", to: file)
        try await withClient(EtcdConnection(endpoints: [server.endpoint], account: account)) { client in
            let message =
                "user 'root': etcdserver: authentication failed, invalid user ID or password"
            await #expect(throws: EtcdError.refused(endpoint: server.endpoint, message: message)) {
                try await client.get("/x")
            }
        }
    }

    @Test func `base64 of any length is written and read back`() {
        for count in 0...9 {
            let bytes = (0..<count).map { UInt8(255 - $0 * 7) }
            #expect(Base64.decode(Base64.encode(bytes)) == bytes)
        }
        #expect(Base64.encode(Array("fooba".utf8)) == "Zm9vYmE=")
    }
}
