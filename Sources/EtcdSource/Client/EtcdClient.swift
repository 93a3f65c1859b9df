import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import YAML

/// etcd's JSON gateway: one request to whichever endpoint answers.
///
/// An endpoint that cannot be reached, is slow or answers with rubbish is left for the next one; the one that answered
/// is asked first the next time.
package final class EtcdClient: Sendable {
    struct State {
        /// The endpoint that is asked first.
        var current = 0
        /// Of the account, until etcd no longer takes it.
        var token: String?
        /// What was wrong with each endpoint when it was last tried; none that works.
        var failures: [Int: String] = [:]
        var listener: AsyncStream<Void>.Continuation?
    }

    /// What one endpoint said.
    enum Outcome {
        case answered(YAMLNode)
        /// etcd understood and refuses; others would too.
        case refused(String)
        case failed(String)
        /// It is longer than may be, in bytes: less may be asked for.
        case tooLong(limit: Int)

        /// Why it is no answer, in words.
        var reason: String {
            switch self {
            case .answered: "it answers with what was not asked for"
            case .refused(let message), .failed(let message): message
            case .tooLong(let limit): "it answers with more than \(limit >> 20) MiB"
            }
        }
    }

    /// The most that one answer may be, in bytes, if nothing else is said.
    package static let answerLimit = 64 << 20

    let connection: EtcdConnection
    let answerLimit: Int
    let credentials: EtcdCredentials
    let http: HTTPClient
    let group: MultiThreadedEventLoopGroup
    let state = Mutex(State())

    /// `close` has to be called before the client goes.
    ///
    /// - Parameter answerLimit: the most that one answer may be, in bytes.
    package init(_ connection: EtcdConnection, answerLimit: Int = EtcdClient.answerLimit) {
        self.connection = connection
        self.answerLimit = answerLimit
        credentials = EtcdCredentials(connection)
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.timeout.connect = .nanoseconds(connection.patience.inNanoseconds)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = Self.keepAlive
        http = HTTPClient(eventLoopGroup: group, configuration: configuration)
    }

    /// Ends all connections and the thread that serves them.
    package func close() async {
        try? await http.shutdown()
        try? await group.shutdownGracefully()
    }

    /// The endpoint that is in use, or is tried next.
    package var currentEndpoint: String { connection.endpoints[state.withLock(\.current)] }

    /// Says that a request failed on its way. The newest caller is told.
    func troubles() -> AsyncStream<Void> {
        let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { $0.listener = continuation }
        return stream
    }

    /// What is wrong with those endpoints that did not answer when last tried.
    package var failures: [EndpointFailure] {
        state.withLock { state in
            state.failures.sorted { $0.key < $1.key }.map {
                EndpointFailure(endpoint: connection.endpoints[$0.key], reason: $0.value)
            }
        }
    }

    /// Asks one endpoint after the other until one answers.
    ///
    /// - Parameters:
    ///   - path: `/v3/kv/range` and so on.
    ///   - mayAskForLess: whether to throw `tooLong` when an answer is, instead of asking the next endpoint.
    ///   - read: makes the answer of the JSON; what it throws means that the endpoint is no etcd.
    func call<Answer: Sendable>(
        _ path: String,
        _ body: String,
        mayAskForLess: Bool = false,
        _ read: (YAMLNode) throws(UnexpectedAnswer) -> Answer
    ) async throws(EtcdError) -> Answer {
        let count = connection.endpoints.count
        let first = state.withLock(\.current)
        var failures: [(index: Int, failure: EndpointFailure)] = []
        for index in (0..<count).map({ (first + $0) % count }) {
            let endpoint = connection.endpoints[index]
            let reason: String
            let outcome = try await authenticatedCall(index, path, body)
            switch outcome {
            case .refused(let message): throw .refused(endpoint: endpoint, message: message)
            case .tooLong(let limit) where mayAskForLess: throw .tooLong(endpoint: endpoint, limit: limit)
            case .failed, .tooLong: reason = outcome.reason
            case .answered(let node):
                do throws(UnexpectedAnswer) {
                    let answer = try read(node)
                    note(index, failure: nil)
                    return answer
                } catch {
                    reason = "its answer is not etcd's: \(error.reason)"
                }
            }
            // A request that is no longer wanted says nothing about its endpoint.
            guard !Task.isCancelled else {
                throw .unreachable([EndpointFailure(endpoint: endpoint, reason: "cancelled")])
            }
            note(index, failure: reason)
            failures.append((index, EndpointFailure(endpoint: endpoint, reason: reason)))
        }
        // In the order of the configuration, so that the same trouble is the same message whoever was asked first.
        throw .unreachable(failures.sorted { $0.index < $1.index }.map(\.failure))
    }

    /// Remembers how an endpoint did: one that answered is asked first from now on.
    func note(_ index: Int, failure: String?) {
        let listener: AsyncStream<Void>.Continuation? = state.withLock { state in
            state.failures[index] = failure
            if failure == nil {
                state.current = index
                return nil
            }
            if state.current == index { state.current = (index + 1) % connection.endpoints.count }
            return state.listener
        }
        listener?.yield()
    }

    /// One request with the account's token, which is asked for first and again when etcd no longer takes it.
    private func authenticatedCall(_ index: Int, _ path: String, _ body: String) async throws(EtcdError) -> Outcome {
        guard connection.account != nil else { return try await request(index, path, body, token: nil).outcome }
        for attempt in 1...2 {
            let token: String
            switch try await currentToken(index) {
            case .success(let current): token = current
            case .failure(let failure): return failure.outcome
            }
            let reply = try await request(index, path, body, token: token)
            guard reply.isTokenRefused, attempt == 1 else { return reply.outcome }
            forget(token)
        }
        return .failed("it does not take the token that it gave")
    }

    func forget(_ token: String) {
        state.withLock { if $0.token == token { $0.token = nil } }
    }

    struct NoToken: Error {
        let outcome: Outcome
    }

    func currentToken(_ index: Int) async throws(EtcdError) -> Result<String, NoToken> {
        if let token = state.withLock(\.token) { return .success(token) }
        guard let body = try credentials.authentication() else { return .success("") }
        let reply = try await request(index, "/v3/auth/authenticate", body, token: nil)
        switch reply.outcome {
        case .answered(let node):
            guard let token = node["token"]?.scalar?.text else {
                return .failure(NoToken(outcome: .failed("it gave no token for the user")))
            }
            state.withLock { $0.token = token }
            return .success(token)
        // As flannel does: etcd takes everybody then.
        case .refused(let message) where message.contains("authentication is not enabled"): return .success("")
        case .refused(let message):
            return .failure(NoToken(outcome: .refused("user '\(connection.account?.user ?? "")': \(message)")))
        case .failed, .tooLong: return .failure(NoToken(outcome: reply.outcome))
        }
    }
}

extension EtcdClient {
    /// Lets the kernel ask whether a silent peer is still there, after 30 s and then every 10 s, and give it up after
    /// three that went unanswered: a watch may be silent for days, and a firewall between may have forgotten its
    /// connection.
    @Sendable
    private static func keepAlive(_ channel: any Channel) -> EventLoopFuture<Void> {
        // The numbers that linux/tcp.h has for TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT.
        let (idle, interval, count) = (4, 5, 6)
        return channel.setOption(.socketOption(.so_keepalive), value: 1)
            .flatMap { channel.setOption(.tcpOption(.init(rawValue: CInt(idle))), value: 30) }
            .flatMap { channel.setOption(.tcpOption(.init(rawValue: CInt(interval))), value: 10) }
            .flatMap { channel.setOption(.tcpOption(.init(rawValue: CInt(count))), value: 3) }
    }
}

extension Duration {
    var inNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
    }
}
