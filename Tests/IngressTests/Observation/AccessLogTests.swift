import Foundation
import LinuxSystem
import Logging
import NetworkTypes
import Synchronization
import Testing

@testable import Ingress

/// What the log says of requests.
@Suite struct AccessLogTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let sent: String
        var response: String?
        /// As it stands in the Common Log Format.
        let line: String
        /// Members of the object of JSON.
        var members: [String: String] = [:]
        /// Members that it has not.
        var lacking: [String] = []
    }

    private static let fine = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"
    private static let date = "[06/Nov/1994:08:49:37 +0000]"
    private static let way = #""web-default-lone-lone-example@kubernetes" "http://10.42.1.1:8080""#

    @Test(
        "a line for each request",
        arguments: [
            Row(
                testDescription: "an endpoint answers",
                sent: "GET /a?b=c HTTP/1.1\r\nHost: lone.example:80\r\nUser-Agent: curl/8\r\nReferer: http://x/\r\n"
                    + "X-Request-ID: 7\r\n\r\n",
                response: fine,
                line: #"198.51.100.7 - - \#(date) "GET /a?b=c HTTP/1.1" 200 2 "http://x/" "curl/8" 1 \#(way) 0ms"#,
                members: [
                    "ClientHost": "198.51.100.7", "DownstreamStatus": "200", "DownstreamContentSize": "2",
                    "OriginStatus": "200", "RequestHost": "lone.example", "RequestPort": "80",
                    "RequestAddr": "lone.example:80", "RequestPath": "/a?b=c", "RequestMethod": "GET",
                    "RequestProtocol": "HTTP/1.1", "RequestScheme": "http", "RequestCount": "1", "RetryAttempts": "0",
                    "ServiceName": "default-lone-80@kubernetes", "ServiceURL": "http://10.42.1.1:8080",
                    "StartUTC": "1994-11-06T08:49:37.000Z", "entryPointName": "web", "request_User-Agent": "curl/8",
                    "request_X-Request-Id": "7", "KubernetesIngressName": "default/lone",
                ],
                lacking: ["Reason", "TLSVersion", "ClientUsername"]
            ),
            Row(
                testDescription: "the proxy answers, and nothing that was sent gets out of its quotes",
                sent: "GET /%22 HTTP/1.1\r\nHost: nobody.example\r\nUser-Agent: a\"b\tc\u{85}\r\n"
                    + "Authorization: Basic YW4gYTpzZWNyZXQ=\r\n\r\n",
                line: #"198.51.100.7 - an\u0020a \#(date) "GET /%22 HTTP/1.1" 404 19 "-" "a\"b\tc\u0085" "#
                    + #"1 "-" "-" 0ms"#,
                members: [
                    "DownstreamStatus": "404", "Reason": "no route", "RequestPort": "-", "ClientUsername": "an a",
                ],
                lacking: ["OriginStatus", "OriginDuration", "ServiceURL", "RouterName"]
            ),
            Row(
                testDescription: "a head that cannot be read",
                sent: "GET / HTTP/1.1\r\n\r\n",
                line: #"198.51.100.7 - - \#(date) "- - HTTP/1.1" 400 12 "-" "-" 1 "-" "-" 0ms"#,
                members: ["DownstreamStatus": "400"]
            ),
        ]
    )
    func lines(row: Row) throws {
        #expect(try Self.log(of: row, as: .clf) == row.line + "\n")
        let json = try Self.log(of: row, as: .json)
        #expect(json.hasSuffix("}\n") && json.count { $0 == "\n" } == 1)
        #expect(!json.contains("YW4gYTpz") && !json.contains("secret") && !row.line.contains("secret"))
        let object = try #require(try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any])
        for (name, value) in row.members { #expect(object[name].map { "\($0)" } == value, "\(name)") }
        for name in row.lacking { #expect(object[name] == nil, "\(name)") }
    }

    private static func log(of row: Row, as format: AccessLogFormat) throws -> String {
        let queue = AccessLogQueue()
        let bench = try MachineBench()
        bench.log(to: queue, at: 784_111_777, as: format)
        bench.client(row.sent)
        if let response = row.response { try bench.upstream(response) }
        bench.flushLog()
        let lines = queue.take().lines
        #expect(lines.map(\.count) == [1])
        return lines.map { String(decoding: $0.octets, as: UTF8.self) }.joined()
    }

    @Test func `nothing is kept where nothing is logged`() throws {
        let bench = try MachineBench()
        bench.client("GET / HTTP/1.1\r\nHost: lone.example\r\n\r\n")
        #expect(bench.conversation.exchange.logged == nil)
    }

    @Test(.timeLimit(.minutes(1)))
    func `what is answered while the agent stops is written, however much it is`() async throws {
        let (queue, lines) = (AccessLogQueue(), LineCounter())
        let logger = Logger(label: "test") { _ in lines }
        let stopping = Task {
            let writing = AccessLogWriter(queue: queue, logger: logger).begin()
            withUnsafeCurrentTask { $0?.cancel() }
            let bench = try MachineBench()
            bench.log(to: queue, at: 0)
            for round in 1...20 {
                for _ in 0..<500 { bench.client("GET / HTTP/1.1\r\nHost: nobody.example\r\n\r\n") }
                bench.flushLog()
                while lines.count < 500 * round { await Task.yield() }
            }
            writing.cancel()
            await writing.value
        }
        try await stopping.value
        #expect(lines.count == 10_000)
        #expect(queue.dropped == 0)
    }

    @Test func `a log that is too slow loses requests, and counts them`() throws {
        let queue = AccessLogQueue()
        let bench = try MachineBench()
        bench.log(to: queue, at: 0)
        for round in 0..<6 {
            for _ in 0..<(round == 5 ? 600 : 500) {
                bench.client("GET / HTTP/1.1\r\nHost: nobody.example\r\n\r\n")
            }
            bench.flushLog()
        }
        let (lines, dropped) = queue.take()
        // All of a round or none of it.
        #expect(lines.map(\.count) == [500, 500, 500, 500])
        #expect(dropped == 3_100 - 2_000)
        #expect(queue.dropped == dropped)
        #expect(queue.countRequest() == 3_101)
    }

    @Test func `lines are handed over when they are many, or have waited`() throws {
        let queue = AccessLogQueue()
        var log = try #require(AccessLogBuffer(.clf, queue))
        let client = AnnouncedClient(try IPAddress(parsing: "192.0.2.7"), over: .web)
        let head = AccessHead(unreadableFrom: ClientConnection(.none, client, node: "n"), at: 0)
        func add(_ count: Int) {
            for _ in 0..<count { log.add(AccessEntry(head, Exchange(), status: 400, now: 0)) }
        }
        #expect(log.flush(now: .zero) == nil)
        add(1)
        #expect(log.flush(now: .milliseconds(1)) == .milliseconds(6))
        add(1)
        #expect(log.flush(now: .milliseconds(5)) == .milliseconds(6))
        #expect(queue.take().lines.isEmpty)
        #expect(log.flush(now: .milliseconds(6)) == nil)
        add(40)
        #expect(log.flush(now: .milliseconds(6)) == nil)
        #expect(queue.take().lines.map(\.count) == [2, 40])
    }
}

/// Counts what is logged.
private final class LineCounter: LogHandler {
    private let lines = Mutex(0)
    var count: Int { lines.withLock { $0 } }
    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }
    subscript(metadataKey _: String) -> Logger.Metadata.Value? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let count = event.message.description.utf8.count { $0 == UInt8(ascii: "\n") }
        lines.withLock { $0 += count }
    }
}
