import LinuxSystem
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
import NetworkTypes

/// Serves HTTP/1.1 on one address.
struct HTTPListener: Sendable {
    typealias Connection = NIOAsyncChannel<HTTPServerRequestPart, HTTPPart<HTTPResponseHead, ByteBuffer>>

    let address: ListenAddress
    let routes: HTTPRoutes
    let limits: HTTPLimits
    let group: MultiThreadedEventLoopGroup

    /// Listens, says so, and serves until the task is cancelled.
    func run(listening: () -> Void) async throws {
        let gate = ConnectionGate(limits)
        let server = try await ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .serverChannelOption(.backlog, value: 64)
            .bind(host: "\(address.address)", port: Int(address.port)) { channel in
                channel.eventLoop.makeCompletedFuture { try Self.connection(channel, limits, gate) }
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

    private static func connection(
        _ channel: any Channel,
        _ limits: HTTPLimits,
        _ gate: ConnectionGate
    ) throws -> Connection {
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
        return try Connection(wrappingChannelSynchronously: channel)
    }

    /// A connection that fails is its client's loss: there is nobody to tell.
    private func serve(_ connection: Connection) async {
        try? await connection.executeThenClose { requests, answers in
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
            ? await routes.answer(request.method.rawValue, request.uri)
            : HTTPAnswer(.badRequest, "exactly one Host\n")
        let goesOn = request.isKeepAlive && !hasBody && hasHost
        let body = ByteBuffer(string: answer.body)
        var headers: HTTPHeaders = [
            "Content-Type": answer.contentType, "Content-Length": "\(body.readableBytes)",
            "Connection": goesOn ? "keep-alive" : "close",
        ]
        if answer.status == .methodNotAllowed { headers.add(name: "Allow", value: "GET, HEAD") }
        let status = HTTPResponseStatus(statusCode: Int(answer.status.rawValue))
        try await answers.write(.head(HTTPResponseHead(version: request.version, status: status, headers: headers)))
        if request.method != .HEAD { try await answers.write(.body(body)) }
        try await answers.write(.end(nil))
        return goesOn
    }
}
