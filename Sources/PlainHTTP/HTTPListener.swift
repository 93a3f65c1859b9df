import LinuxSystem
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
package import NetworkTypes

/// Serves HTTP/1.1 on one address, to clients that may take no more than their share.
package struct HTTPListener: Sendable {
    /// Answers a request: its method as it stands there, and its target (RFC 9112 section 3.2).
    package typealias Answerer = @Sendable (_ method: String, _ target: String) async -> HTTPAnswer

    private typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>
    /// A connection that nobody gets to serve, because the listener ends, must not be one that has to be ended in due form.
    private typealias Server = NIOAsyncChannel<any Channel, Never>

    package let address: ListenAddress
    private let limits: HTTPLimits
    private let thread: ServingThread
    private let answerer: Answerer

    /// - Parameter address: `[::]` stands for all addresses of both families.
    package init(
        _ address: ListenAddress,
        _ limits: HTTPLimits,
        on thread: ServingThread,
        answering answerer: @escaping Answerer
    ) {
        self.address = address
        self.limits = limits
        self.thread = thread
        self.answerer = answerer
    }

    /// Listens, says so, and serves until the task is cancelled.
    package func run(listening: () -> Void) async throws {
        let server: Server
        do {
            server = try await bind(ConnectionGate(limits))
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            throw ListenFailure(address, error)
        }
        listening()
        try await server.executeThenClose { connections in
            try await withThrowingDiscardingTaskGroup { group in
                for try await connection in connections {
                    group.addTask { await serve(connection) }
                }
            }
        }
    }

    private func bind(_ gate: ConnectionGate) async throws -> Server {
        var bootstrap = ServerBootstrap(group: thread.group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 64)
            .childChannelOption(.autoRead, value: false)
        if address.address.family == .ipv6 {
            let isOfOneFamily = address.address.isUnspecified ? 0 : 1
            bootstrap = bootstrap.serverChannelOption(
                ChannelOptions.Types.SocketOption(level: .ipv6, name: .ipv6_v6only),
                value: isOfOneFamily
            )
        }
        return try await bootstrap.bind(host: "\(address.address)", port: Int(address.port)) { channel in
            channel.eventLoop.makeCompletedFuture { try Self.prepare(channel, limits, gate) }
        }
    }

    /// From here on the connection has its deadlines; nothing is read of it before it is served.
    private static func prepare(
        _ channel: any Channel,
        _ limits: HTTPLimits,
        _ gate: ConnectionGate
    ) throws -> any Channel {
        var decoder = NIOHTTPDecoderLimitConfiguration()
        decoder.maxHeaderFieldSize = limits.headerOctets
        decoder.maxHeaderListSize = limits.headerOctets
        decoder.maxHeaderFieldCount = limits.headerFields
        let pipeline = channel.pipeline.syncOperations
        try pipeline.addHandler(OctetWatch())
        try pipeline.configureHTTPServerPipeline(
            withEncoderConfiguration: HTTPResponseEncoder.Configuration(),
            withDecoderLimitConfiguration: decoder
        )
        try pipeline.addHandler(ConnectionDeadlines(limits, gate))
        return channel
    }

    private static func connection(_ channel: any Channel) async throws -> Connection {
        try await channel.eventLoop.submit {
            let connection = try Connection(wrappingChannelSynchronously: channel)
            try channel.syncOptions?.setOption(.autoRead, value: true)
            return connection
        }.get()
    }

    /// A connection that fails is its client's loss: there is nobody to tell.
    private func serve(_ channel: any Channel) async {
        try? await Self.connection(channel).executeThenClose { requests, answers in
            for try await case .head(let head) in requests {
                guard try await answer(head, by: answers) else { return }
            }
        }
    }

    /// Returns whether the connection goes on.
    private func answer(
        _ request: HTTPRequestHead,
        by answers: NIOAsyncChannelOutboundWriter<HTTPPart<HTTPResponseHead, ByteBuffer>>
    ) async throws -> Bool {
        // What nobody asked for is not read; it stands between this request and the next one.
        let hasBody =
            request.headers.contains(name: "transfer-encoding")
            || request.headers["content-length"].contains { $0 != "0" }
        // RFC 9112 section 3.2.
        let hasHost = request.version != .http1_1 || request.headers["host"].count == 1
        let answer =
            hasHost
            ? await answerer(request.method.rawValue, request.uri)
            : HTTPAnswer(.badRequest, "exactly one Host\n")
        let goesOn = request.isKeepAlive && !hasBody && hasHost
        let body = ByteBuffer(string: answer.body)
        var headers: HTTPHeaders = [
            "Content-Type": answer.contentType, "Content-Length": "\(body.readableBytes)",
            "Connection": goesOn ? "keep-alive" : "close",
        ]
        for field in answer.fields { headers.add(name: field.name, value: field.value) }
        if answer.status == .methodNotAllowed { headers.add(name: "Allow", value: "GET, HEAD") }
        let status = HTTPResponseStatus(statusCode: Int(answer.status.rawValue))
        try await answers.write(.head(HTTPResponseHead(version: request.version, status: status, headers: headers)))
        if request.method != .HEAD { try await answers.write(.body(body)) }
        try await answers.write(.end(nil))
        return goesOn
    }
}
