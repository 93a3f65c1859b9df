import Foundation
package import NetworkTypes

/// A connection that texts are sent on, on a thread of its own: it waits as a blocking program does.
package final class TextClient: Sendable {
    private let descriptor: Int32

    package init(_ address: ListenAddress) {
        let family = address.address.family == .ipv4 ? AF_INET : AF_INET6
        descriptor = socket(family, Int32(SOCK_STREAM.rawValue), 0)
        let result = Self.withPlace(address) { connect(descriptor, $0, $1) }
        precondition(result == 0, "connect: \(errno)")
    }

    /// Sends a text on a connection of its own and returns all that comes back until its end.
    package static func send(_ text: String, to address: ListenAddress) async -> String {
        let client = TextClient(address)
        defer { client.close() }
        return await client.read(after: text, until: { _ in false })
    }

    /// Whether anybody takes connections there.
    package static func reaches(_ address: ListenAddress) -> Bool {
        let descriptor = socket(address.address.family == .ipv4 ? AF_INET : AF_INET6, Int32(SOCK_STREAM.rawValue), 0)
        defer { _ = Foundation.close(descriptor) }
        return withPlace(address) { connect(descriptor, $0, $1) } == 0
    }

    /// Sends a text and returns what comes back up to the end of a head.
    package func exchange(_ text: String) async -> String {
        await read(after: text) { $0.hasSuffix("\r\n\r\n") }
    }

    package func close() { _ = Foundation.close(descriptor) }

    private static func withPlace(
        _ address: ListenAddress,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        func pass<Place>(_ place: Place) -> Int32 {
            withUnsafePointer(to: place) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    body($0, socklen_t(MemoryLayout<Place>.size))
                }
            }
        }
        switch address.address.family {
        case .ipv4:
            var place = sockaddr_in()
            place.sin_family = sa_family_t(AF_INET)
            place.sin_port = address.port.bigEndian
            withUnsafeMutableBytes(of: &place.sin_addr) { $0.copyBytes(from: address.address.bytes) }
            return pass(place)
        case .ipv6:
            var place = sockaddr_in6()
            place.sin6_family = sa_family_t(AF_INET6)
            place.sin6_port = address.port.bigEndian
            withUnsafeMutableBytes(of: &place.sin6_addr) { $0.copyBytes(from: address.address.bytes) }
            return pass(place)
        }
    }

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
