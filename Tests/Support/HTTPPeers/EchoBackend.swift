internal import Foundation
package import LinuxSystem
package import NetworkTypes
internal import Synchronization

/// A backend that answers every request with what it saw of it, as JSON, until it is stopped.
package final class EchoBackend: Sendable {
    private let listener: PeerListener
    private let name: String
    private let open = Mutex<[PeerConnection]>([])

    /// - Parameter namespace: where it is; that of the calling thread if none is given.
    package init(_ name: String, on place: ListenAddress, in namespace: NetworkNamespace? = nil) throws {
        self.name = name
        listener = try PeerListener(on: place, in: namespace)
        Thread.detachNewThread { [self] in
            var number = 0
            while let connection = listener.acceptForEver() {
                number += 1
                open.withLock { $0.append(connection) }
                Thread.detachNewThread { [self, number] in answer(on: connection, number: number) }
            }
        }
    }

    /// Refuses connections from now on and resets those that there are, as a pod that is killed.
    package func stop() {
        listener.close()
        for connection in open.withLock({ $0 }) { connection.reset() }
    }

    /// Returns when the other end has closed, or said nothing for five seconds.
    private func answer(on connection: PeerConnection, number: Int) {
        while let request = try? connection.readMessage() {
            let seen = EchoedRequest(
                backend: name,
                connection: number,
                peer: connection.peer?.address.description ?? "",
                startLine: request.startLine,
                fields: request.fields.map { [$0.name, $0.value] },
                body: request.text
            )
            guard let body = try? JSONEncoder().encode(seen) else { break }
            let closes = request["connection"].contains { $0.lowercased() == "close" }
            let head = """
                HTTP/1.1 200 OK\r
                Content-Type: application/json\r
                Content-Length: \(body.count)\r
                \(closes ? "Connection: close\r\n\r\n" : "\r\n")
                """
            connection.send(Array(head.utf8) + (request.startLine.hasPrefix("HEAD ") ? [] : Array(body)))
            if closes { break }
        }
        connection.close()
    }
}

/// What a backend saw of a request.
package struct EchoedRequest: Codable, Sendable {
    /// Which backend it was.
    package let backend: String
    /// The connection that the request came on, counted by the backend from 1.
    package let connection: Int
    /// The address that the connection came from.
    package let peer: String
    package let startLine: String
    /// Pairs of name and value.
    package let fields: [[String]]
    package let body: String

    /// The values of all fields of this name, in their order.
    package subscript(name: String) -> [String] {
        fields.filter { $0[0].lowercased() == name.lowercased() }.map { $0[1] }
    }

    package init(_ message: PeerMessage) throws {
        self = try JSONDecoder().decode(EchoedRequest.self, from: Data(message.body))
    }

    init(backend: String, connection: Int, peer: String, startLine: String, fields: [[String]], body: String) {
        self.backend = backend
        self.connection = connection
        self.peer = peer
        self.startLine = startLine
        self.fields = fields
        self.body = body
    }
}
