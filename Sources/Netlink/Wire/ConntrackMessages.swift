import CMnl
import NetworkTypes

// Tracked connections on the wire: struct nfgenmsg and CTA_… attributes. All numbers in them are in network byte order.

extension ConntrackFilter {
    /// The request for the flows that are meant.
    ///
    /// Kernels from 5.8 on leave out the others; older ones send all, so the answer is filtered again. Addresses of IPv6 are
    /// left to that: asked for one, Linux 6.18 leaves out just the flows that have it.
    func dumpRequest() -> NetlinkMessage {
        MessageBuilder.message(.getFlow, .dump, header: ConntrackHeader.header(family)) { message in
            message.nest(ConntrackAttribute.original) { message in
                Self.put(destination: comparable(originalDestination), into: &message)
                Self.put(transport, port: originalDestinationPort, ConntrackAttribute.destinationPort, into: &message)
            }
            message.nest(ConntrackAttribute.reply) { message in
                Self.put(source: comparable(replySource), into: &message)
                Self.put(transport, port: replySourcePort, ConntrackAttribute.sourcePort, into: &message)
            }
            message.nest(ConntrackAttribute.filter) { message in
                message.put(ConntrackAttribute.originalFlags, originalFlags)
                message.put(ConntrackAttribute.replyFlags, replyFlags)
            }
        }
    }

    /// The address if the kernel compares it rightly.
    private func comparable(_ address: IPAddress?) -> IPAddress? { address?.family == .ipv4 ? address : nil }

    // CTA_FILTER_FLAG: which fields of the two directions count. In host byte order, unlike all else.
    private var originalFlags: UInt32 {
        Flag.transport
            | (comparable(originalDestination) == nil ? 0 : Flag.destination)
            | (originalDestinationPort == nil ? 0 : Flag.destinationPort)
    }

    private var replyFlags: UInt32 {
        Flag.transport
            | (comparable(replySource) == nil ? 0 : Flag.source)
            | (replySourcePort == nil ? 0 : Flag.sourcePort)
    }

    private enum Flag {
        static let source: UInt32 = 1 << 0
        static let destination: UInt32 = 1 << 1
        static let transport: UInt32 = 1 << 3
        static let sourcePort: UInt32 = 1 << 4
        static let destinationPort: UInt32 = 1 << 5
    }

    private static func put(destination: IPAddress?, into message: inout MessageBuilder) {
        guard let destination else { return }
        message.nest(ConntrackAttribute.address) { $0.put(ConntrackAttribute.destination(destination), destination) }
    }

    private static func put(source: IPAddress?, into message: inout MessageBuilder) {
        guard let source else { return }
        message.nest(ConntrackAttribute.address) { $0.put(ConntrackAttribute.source(source), source) }
    }

    private static func put(
        _ transport: TransportProtocol,
        port: UInt16?,
        _ type: AttributeType,
        into message: inout MessageBuilder
    ) {
        message.nest(ConntrackAttribute.transport) { message in
            message.put(ConntrackAttribute.number, transport.rawValue)
            if let port { message.put(type, port.bigEndian) }
        }
    }
}

extension ConntrackFlow {
    /// The request to forget the flow. ENOENT if it is no longer there, or is another of the same addresses and ports.
    var deletion: NetlinkMessage {
        let header = ConntrackHeader.header(original.destination.family)
        return MessageBuilder.message(.deleteFlow, .acknowledge, header: header) { message in
            message.nest(ConntrackAttribute.original) { message in
                message.nest(ConntrackAttribute.address) { message in
                    message.put(ConntrackAttribute.source(original.source), original.source)
                    message.put(ConntrackAttribute.destination(original.destination), original.destination)
                }
                message.nest(ConntrackAttribute.transport) { message in
                    message.put(ConntrackAttribute.number, transport.rawValue)
                    if let port = original.sourcePort {
                        message.put(ConntrackAttribute.sourcePort, port.bigEndian)
                    }
                    if let port = original.destinationPort {
                        message.put(ConntrackAttribute.destinationPort, port.bigEndian)
                    }
                }
            }
            if zone != 0 { message.put(ConntrackAttribute.zone, zone.bigEndian) }
            if let identifier { message.put(ConntrackAttribute.identifier, identifier.bigEndian) }
        }
    }

    /// The flow that a message describes, or nil if it describes none.
    init?(payload: RawSpan) {
        var transport: TransportProtocol?
        var original: Direction?
        var reply: Direction?
        var zone: UInt16 = 0
        var identifier: UInt32?
        AttributeReader.forEach(in: payload, from: MemoryLayout<nfgenmsg>.size) { type, value in
            switch type {
            case ConntrackAttribute.original: (original, transport) = Self.direction(value)
            case ConntrackAttribute.reply: (reply, _) = Self.direction(value)
            case ConntrackAttribute.zone: zone = value.number(as: UInt16.self).map { UInt16(bigEndian: $0) } ?? 0
            case ConntrackAttribute.identifier:
                identifier = value.number(as: UInt32.self).map { UInt32(bigEndian: $0) }
            default: break
            }
        }
        guard let transport, let original, let reply else { return nil }
        self.init(transport: transport, original: original, reply: reply, zone: zone, identifier: identifier)
    }

    private static func direction(_ tuple: RawSpan) -> (Direction?, TransportProtocol?) {
        var source: IPAddress?
        var destination: IPAddress?
        var transport: TransportProtocol?
        var ports: (source: UInt16?, destination: UInt16?) = (nil, nil)
        AttributeReader.forEach(in: tuple) { type, value in
            switch type {
            case ConntrackAttribute.address:
                AttributeReader.forEach(in: value) { type, value in
                    guard let address = value.ipAddress else { return }
                    if type == ConntrackAttribute.source(address) { source = address }
                    if type == ConntrackAttribute.destination(address) { destination = address }
                }
            case ConntrackAttribute.transport:
                AttributeReader.forEach(in: value) { type, value in
                    switch type {
                    case ConntrackAttribute.number:
                        transport = value.number(as: UInt8.self).map(TransportProtocol.init(rawValue:))
                    case ConntrackAttribute.sourcePort:
                        ports.source = value.number(as: UInt16.self).map { UInt16(bigEndian: $0) }
                    case ConntrackAttribute.destinationPort:
                        ports.destination = value.number(as: UInt16.self).map { UInt16(bigEndian: $0) }
                    default: break
                    }
                }
            default: break
            }
        }
        guard let source, let destination else { return (nil, transport) }
        let direction = Direction(
            source: source,
            destination: destination,
            sourcePort: ports.source,
            destinationPort: ports.destination
        )
        return (direction, transport)
    }
}

private enum ConntrackHeader {
    static func header(_ family: AddressFamily) -> nfgenmsg {
        nfgenmsg(nfgen_family: ProtocolFamily(family).rawValue, version: 0, res_id: 0)
    }
}

extension MessageType {
    // NFNL_SUBSYS_CTNETLINK in the upper byte.
    static let getFlow = MessageType(rawValue: 1 << 8 | UInt16(IPCTNL_MSG_CT_GET.rawValue))
    static let deleteFlow = MessageType(rawValue: 1 << 8 | UInt16(IPCTNL_MSG_CT_DELETE.rawValue))
}

/// Attributes of a tracked connection (`CTA_…`).
private enum ConntrackAttribute {
    static let original = AttributeType(CTA_TUPLE_ORIG.rawValue)
    static let reply = AttributeType(CTA_TUPLE_REPLY.rawValue)
    static let zone = AttributeType(CTA_ZONE.rawValue)
    static let identifier = AttributeType(CTA_ID.rawValue)
    static let filter = AttributeType(CTA_FILTER.rawValue)

    // Of CTA_FILTER.
    static let originalFlags = AttributeType(CTA_FILTER_ORIG_FLAGS.rawValue)
    static let replyFlags = AttributeType(CTA_FILTER_REPLY_FLAGS.rawValue)

    // Of a direction.
    static let address = AttributeType(CTA_TUPLE_IP.rawValue)
    static let transport = AttributeType(CTA_TUPLE_PROTO.rawValue)

    // Of CTA_TUPLE_PROTO.
    static let number = AttributeType(CTA_PROTO_NUM.rawValue)
    static let sourcePort = AttributeType(CTA_PROTO_SRC_PORT.rawValue)
    static let destinationPort = AttributeType(CTA_PROTO_DST_PORT.rawValue)

    // Of CTA_TUPLE_IP.
    static func source(_ address: IPAddress) -> AttributeType {
        AttributeType(address.family == .ipv4 ? CTA_IP_V4_SRC.rawValue : CTA_IP_V6_SRC.rawValue)
    }

    static func destination(_ address: IPAddress) -> AttributeType {
        AttributeType(address.family == .ipv4 ? CTA_IP_V4_DST.rawValue : CTA_IP_V6_DST.rawValue)
    }
}
