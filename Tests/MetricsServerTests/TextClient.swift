import Foundation
import NetworkTypes

/// A connection that texts are sent on, on a thread of its own: it waits as a blocking program does.
final class TextClient: Sendable {
    private let descriptor: Int32

    init(_ address: ListenAddress) {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_port = address.port.bigEndian
        place.sin_addr.s_addr = address.address.bytes.withUnsafeBytes { $0.loadUnaligned(as: UInt32.self) }
        let result = withUnsafePointer(to: &place) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        precondition(result == 0, "connect: \(errno)")
    }

    /// Sends a text on a connection of its own and returns all that comes back until its end.
    static func send(_ text: String, to address: ListenAddress) async -> String {
        let client = TextClient(address)
        defer { client.close() }
        return await client.read(after: text, until: { _ in false })
    }

    /// Sends a text and returns what comes back up to the end of a head.
    func exchange(_ text: String) async -> String {
        await read(after: text) { $0.hasSuffix("\r\n\r\n") }
    }

    func close() { _ = Foundation.close(descriptor) }

    private func read(after text: String, until isComplete: @escaping @Sendable (String) -> Bool) async -> String {
        let descriptor = descriptor
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                // A server that has closed already answers by a reset.
                _ = Foundation.send(descriptor, text, text.utf8.count, Int32(MSG_NOSIGNAL))
                var answer: [UInt8] = []
                var room = [UInt8](repeating: 0, count: 4096)
                while !isComplete(String(decoding: answer, as: UTF8.self)) {
                    let count = recv(descriptor, &room, room.count, 0)
                    if count <= 0 { break }
                    answer += room.prefix(count)
                }
                continuation.resume(returning: String(decoding: answer, as: UTF8.self))
            }
        }
    }
}
