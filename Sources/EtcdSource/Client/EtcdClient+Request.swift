import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import YAML

extension EtcdClient {
    /// What one endpoint said to one request.
    struct Reply {
        var outcome: Outcome
        /// Whether it no longer takes the token.
        var isTokenRefused = false
    }

    func makeRequest(_ index: Int, _ path: String, _ body: String, token: String?) throws(EtcdError)
        -> HTTPClientRequest
    {
        let endpoint = connection.endpoints[index]
        var request = HTTPClientRequest(url: endpoint + path)
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/json")
        if let token, !token.isEmpty { request.headers.add(name: "authorization", value: token) }
        request.body = .bytes(ByteBuffer(string: body))
        if endpoint.hasPrefix("https:") { request.tlsConfiguration = try credentials.tlsConfiguration() }
        return request
    }

    func request(_ index: Int, _ path: String, _ body: String, token: String?) async throws(EtcdError) -> Reply {
        let request = try makeRequest(index, path, body, token: token)
        let (http, patience, limit) = (http, connection.patience, answerLimit)
        do {
            let (status, bytes) = try await within(patience) {
                let response = try await http.execute(request, timeout: .nanoseconds(patience.inNanoseconds))
                let body = try await response.body.collect(upTo: limit)
                return (response.status, Array(body.readableBytesView))
            }
            return Self.reply(status, bytes)
        } catch is NIOTooManyBytesError {
            return Reply(outcome: .tooLong(limit: limit))
        } catch {
            return Reply(outcome: .failed(await reason(of: error, index)))
        }
    }

    /// What an answer of this status with these bytes means.
    static func reply(_ status: HTTPResponseStatus, _ bytes: [UInt8]) -> Reply {
        let document = parse(bytes)
        guard let document else {
            let beginning = String(decoding: bytes.prefix(100), as: UTF8.self).filter { !$0.isNewline }
            return Reply(outcome: .failed("it answers \(status.code) with what is no JSON: '\(beginning)'"))
        }
        guard status != .ok else { return Reply(outcome: .answered(document)) }
        let message = document["error"]?.scalar?.text ?? document["message"]?.scalar?.text ?? "\(status.code)"
        // The codes of gRPC: 2 unknown, 4 deadline exceeded, 13 internal, 14 unavailable, 16 unauthenticated.
        switch document["code"]?.scalar?.integer {
        case 16: return Reply(outcome: .refused(message), isTokenRefused: true)
        case 2, 4, 13, 14, nil: return Reply(outcome: .failed("it answers: \(message)"))
        default:
            // A token made before users or roles were changed.
            return Reply(outcome: .refused(message), isTokenRefused: message.contains("revision of auth store is old"))
        }
    }

    static func parse(_ bytes: [UInt8]) -> YAMLNode? {
        guard bytes.first(where: { $0 != 0x20 && $0 != 0x0a }) == UInt8(ascii: "{") else { return nil }
        let limits = YAMLLimits(bytes: answerLimit, depth: 32, values: 8_000_000)
        let document = (try? YAMLReader.documents(in: bytes, limits: limits))?.first
        return document?.members == nil ? nil : document
    }

    /// Words for what went wrong on the way.
    func reason(of error: any Error, _ index: Int) async -> String {
        switch error {
        case let error as EtcdError: return "\(error)"
        case is LimitPassed: return "no answer within \(connection.patience)"
        case let error as HTTPClientError where error == .deadlineExceeded || error == .connectTimeout:
            return "no answer within \(connection.patience)"
        case let error as HTTPClientError where error == .remoteConnectionClosed: return "it closed the connection"
        default:
            let text = "\(error)"
            if text.contains("CERTIFICATE_VERIFY_FAILED") || text.contains("unableToValidateCertificate") {
                return await certificateProblem(index)
            }
            for (cause, words) in [
                ("Connection refused", "connection refused"), ("Network is unreachable", "the network is unreachable"),
                ("No route to host", "there is no route to it"),
            ] where text.contains(cause) { return words }
            if text.contains("stream ended at an unexpected time") || text.contains("Connection reset") {
                return "it closed the connection"
            }
            return text
        }
    }

    /// Runs `work` for this long at most.
    func within<Value: Sendable>(
        _ limit: Duration,
        _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask { try await work() }
            group.addTask {
                try await Task.sleep(for: limit)
                throw LimitPassed()
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw LimitPassed() }
            return first
        }
    }
}

/// Something took longer than it may.
struct LimitPassed: Error {}
