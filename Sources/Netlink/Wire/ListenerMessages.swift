import CMnl
import NetworkTypes

// Sockets on the wire: struct inet_diag_req_v2, struct inet_diag_msg and INET_DIAG_… attributes. Ports and addresses are
// in network byte order, the rest in that of the host.

extension Listener {
    /// The request for all listeners of sockets of a family. A socket of IPv6 may serve IPv4 as well.
    static func dumpRequest(_ transport: TransportProtocol, socketFamily family: AddressFamily) -> NetlinkMessage {
        var header = inet_diag_req_v2()
        header.sdiag_family = ProtocolFamily(family).rawValue
        header.sdiag_protocol = transport.rawValue
        header.idiag_states = 1 << UInt32(state(transport))
        return MessageBuilder.message(.socketsByFamily, .dump, header: header)
    }

    /// The listener that a message describes, or nil if it describes none.
    init?(_ transport: TransportProtocol, payload: RawSpan) {
        guard payload.byteCount >= Self.headerSize, payload.number(at: 1, as: UInt8.self) == Self.state(transport),
            let family = payload.number(at: 0, as: UInt8.self).map(ProtocolFamily.init(rawValue:))?.addressFamily,
            let address = payload.extracting(8..<8 + family.byteCount).ipAddress,
            let port = payload.number(at: 4, as: UInt16.self),
            let inode = payload.number(at: 68, as: UInt32.self)
        else { return nil }
        var isIPv6Only = false
        AttributeReader.forEach(in: payload, from: Self.headerSize) { type, value in
            if type == Self.onlyIPv6 { isIPv6Only = value.flag ?? false }
        }
        self.init(
            transport,
            address.withoutMapping,
            UInt16(bigEndian: port),
            isIPv6Only: isIPv6Only,
            inode: UInt64(inode)
        )
    }

    private static let headerSize = MemoryLayout<inet_diag_msg>.size
    private static let onlyIPv6 = AttributeType(INET_DIAG_SKV6ONLY)

    // TCP_LISTEN, and what sockets of UDP are in that were not connected: TCP_CLOSE.
    private static func state(_ transport: TransportProtocol) -> UInt8 { transport == .tcp ? 10 : 7 }
}

extension MessageType {
    static let socketsByFamily = MessageType(rawValue: UInt16(SOCK_DIAG_BY_FAMILY))
}

extension IPAddress {
    /// The address of IPv4 that a socket of IPv6 calls `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2), or the address itself.
    fileprivate var withoutMapping: IPAddress {
        family == .ipv6 && number >> 32 == 0xffff ? IPAddress(family: .ipv4, number: number & 0xffff_ffff) : self
    }
}
