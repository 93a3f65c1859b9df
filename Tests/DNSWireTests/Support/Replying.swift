import DNSWire
import Testing

/// Replies as a server makes them: in the buffer that holds the query.
enum Replying {
    /// The query that a packet holds.
    static func query(_ packet: [UInt8]) throws -> Query {
        guard case .query(let query) = ReceivedPacket(packet.span) else { throw NotAQuery() }
        return query
    }

    struct NotAQuery: Error {}

    /// The packet that results from writing over a buffer that begins with `packet`, the rest being `room` octets.
    static func octets(
        over packet: [UInt8],
        room: Int = 65535,
        _ write: (inout MutableSpan<UInt8>) -> Int
    ) -> [UInt8] {
        var buffer = packet + Array(repeating: 0xee, count: max(0, room - packet.count))
        var span = buffer.mutableSpan
        let length = write(&span)
        return Array(buffer[..<length])
    }

    /// The reply to a query that can be answered.
    static func octets(
        _ reply: Reply,
        _ body: ReplyBody,
        to packet: [UInt8],
        room: Int = 65535
    ) throws -> [UInt8] {
        let query = try query(packet)
        return octets(over: packet, room: room) { reply.write(to: query, body.octets.span, body.shape, into: &$0) }
    }
}
