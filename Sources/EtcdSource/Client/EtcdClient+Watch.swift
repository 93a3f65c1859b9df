import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization
import YAML

extension EtcdClient {
    /// Watches all keys that begin with `start`, on the endpoint that is in use, and hands over each message. Never
    /// returns: it ends by an error, or because `each` throws. `WatchBroken` leaves it open whether others would do.
    func watch(
        _ start: String,
        from revision: Int64,
        each: @escaping @Sendable (WatchMessage) async throws -> Void
    ) async throws {
        let index = state.withLock(\.current)
        let end = EtcdKeys.end(ofKeysBeginningWith: start)
        let body =
            "{\"create_request\":{\"key\":\(start.inBase64),\"range_end\":\(end.inBase64),"
            + "\"start_revision\":\"\(revision)\"}}"
        do {
            let token = try await currentToken(index).get()
            let request = try makeRequest(index, "/v3/watch", body, token: token)
            let (http, patience) = (http, connection.patience)
            let response = try await within(patience) {
                try await http.execute(request, deadline: .distantFuture)
            }
            guard response.status == .ok else {
                let bytes = Array(try await response.body.collect(upTo: 1 << 16).readableBytesView)
                let reply = Self.reply(response.status, bytes)
                if reply.isTokenRefused { forget(token) }
                throw WatchEnded(reason: reply.outcome.reason)
            }
            var lines = LineSplitter()
            for try await part in response.body {
                for line in try lines.take(part) { try await each(try Self.message(line)) }
            }
            throw WatchEnded(reason: "it ended the watch")
        } catch let error as EtcdError {
            throw error
        } catch let lost as PositionLost {
            throw lost
        } catch _ where Task.isCancelled {
            // A watch that is no longer wanted says nothing about its endpoint, however it ends.
            throw CancellationError()
        } catch let failure as NoToken {
            if case .refused(let message) = failure.outcome {
                throw EtcdError.refused(endpoint: connection.endpoints[index], message: message)
            }
            throw fail(index, failure.outcome.reason)
        } catch let error as WatchEnded {
            throw fail(index, error.reason)
        } catch let error as UnexpectedAnswer {
            throw fail(index, "its answer is not etcd's: \(error.reason)")
        } catch {
            throw fail(index, await reason(of: error, index))
        }
    }

    private func fail(_ index: Int, _ reason: String) -> WatchBroken {
        note(index, failure: reason)
        return WatchBroken(failure: EndpointFailure(endpoint: connection.endpoints[index], reason: reason))
    }

    private static func message(_ line: [UInt8]) throws -> WatchMessage {
        guard let document = parse(line) else { throw UnexpectedAnswer(reason: "a line of the watch is no JSON") }
        if let error = document["error"] {
            throw WatchEnded(reason: error["message"]?.scalar?.text ?? error.scalar?.text ?? "it ended the watch")
        }
        guard let result = document["result"] else {
            throw UnexpectedAnswer(reason: "a line of the watch has no result")
        }
        let message = try result.watchMessage()
        guard message.compactRevision == 0 else { throw EtcdError.compacted(revision: message.compactRevision) }
        guard !message.isCanceled else { throw WatchEnded(reason: "it ended the watch: \(message.reason)") }
        return message
    }
}

/// One endpoint watches no longer. It is not asked first any more.
struct WatchBroken: Error {
    let failure: EndpointFailure
}

/// Why a watch is over.
private struct WatchEnded: Error {
    let reason: String
}

/// Cuts a stream of bytes into lines.
struct LineSplitter {
    private var rest: [UInt8] = []

    /// The lines that are whole now, without their ends.
    mutating func take(_ buffer: ByteBuffer) throws(UnexpectedAnswer) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        for part in buffer.readableBytesView.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
            if part.offset > 0 {
                if !rest.isEmpty { lines.append(rest) }
                rest = []
            }
            rest += part.element
        }
        guard rest.count <= EtcdClient.answerLimit else { throw UnexpectedAnswer(reason: "a line without end") }
        return lines
    }
}
