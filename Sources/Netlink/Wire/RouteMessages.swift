import CMnl
import NetworkTypes

// Routes on the wire: struct rtmsg and RTA_… attributes.

extension RouteFilter {
    /// The request for the routes of one family that match. The kernel filters where it can.
    func dumpRequest(_ family: AddressFamily) -> NetlinkMessage {
        var header = rtmsg()
        header.rtm_family = ProtocolFamily(family).rawValue
        header.rtm_protocol = routeProtocol?.rawValue ?? 0
        return MessageBuilder.message(.getRoute, .dump, header: header) { message in
            if let table { message.put(RouteAttribute.table, table.rawValue) }
            if let interface { message.put(RouteAttribute.interface, interface) }
        }
    }
}

extension Route {
    /// The request for the route that a packet to `destination` would take.
    static func lookupRequest(to destination: IPAddress) -> NetlinkMessage {
        var header = rtmsg()
        header.rtm_family = ProtocolFamily(destination.family).rawValue
        header.rtm_dst_len = UInt8(truncatingIfNeeded: destination.family.bitWidth)
        // IPv6 says which table answered without being asked, and refuses the flag.
        header.rtm_flags = destination.family == .ipv4 ? RouteFlag.lookupTable : 0
        return MessageBuilder.message(.getRoute, [], header: header) { message in
            message.put(RouteAttribute.destination, destination)
        }
    }

    func message(_ type: MessageType, _ flags: MessageFlags) -> NetlinkMessage {
        var header = rtmsg()
        header.rtm_family = ProtocolFamily(destination.family).rawValue
        header.rtm_dst_len = UInt8(truncatingIfNeeded: destination.length)
        // One byte holds the classic tables; RTA_TABLE holds them all.
        header.rtm_table = UInt8(exactly: table.rawValue) ?? 0
        header.rtm_protocol = routeProtocol.rawValue
        // A deletion means the route whatever its scope, as ip(8) does.
        header.rtm_scope = type == .deleteRoute ? AddressScope.nowhere.rawValue : scope.rawValue
        header.rtm_type = self.type.rawValue
        header.rtm_flags = isOnLink ? RouteFlag.onLink : 0
        return MessageBuilder.message(type, flags, header: header) { message in
            if destination.length > 0 { message.put(RouteAttribute.destination, destination.base) }
            message.put(RouteAttribute.table, table.rawValue)
            if let gateway { message.put(gateway: gateway, reaching: destination.family) }
            if let interface { message.put(RouteAttribute.interface, interface) }
            if let source { message.put(RouteAttribute.source, source) }
            if let metric { message.put(RouteAttribute.metric, metric) }
        }
    }

    /// The route that a message describes, or nil if it describes none.
    init?(payload: RawSpan) {
        guard
            let family = payload.number(at: 0, as: UInt8.self).flatMap({ ProtocolFamily(rawValue: $0).addressFamily }),
            let length = payload.number(at: 1, as: UInt8.self).map(Int.init), length <= family.bitWidth,
            let table = payload.number(at: 4, as: UInt8.self),
            let routeProtocol = payload.number(at: 5, as: UInt8.self),
            let scope = payload.number(at: 6, as: UInt8.self),
            let type = payload.number(at: 7, as: UInt8.self),
            let flags = payload.number(at: 8, as: UInt32.self)
        else { return nil }
        self.init(
            destination: IPPrefix(containing: IPAddress(family: family, number: 0), length: length),
            scope: AddressScope(rawValue: scope),
            type: RouteType(rawValue: type),
            table: RouteTable(rawValue: UInt32(table)),
            routeProtocol: RouteProtocol(rawValue: routeProtocol),
            isOnLink: flags & RouteFlag.onLink != 0
        )
        AttributeReader.forEach(in: payload, from: MemoryLayout<rtmsg>.size) { type, value in
            switch type {
            case RouteAttribute.destination:
                guard let base = value.ipAddress, base.family == family else { break }
                destination = IPPrefix(containing: base, length: length)
            case RouteAttribute.table:
                self.table = value.number(as: UInt32.self).map(RouteTable.init) ?? self.table
            case RouteAttribute.metric: metric = value.number(as: UInt32.self)
            case RouteAttribute.source: source = value.ipAddress
            case RouteAttribute.multipath: readFirstHop(value)
            default: readHop(type, value)
            }
        }
    }

    /// Whether a message describes a cached result rather than a route.
    static func isCached(payload: RawSpan) -> Bool {
        payload.number(at: 8, as: UInt32.self).map { $0 & RouteFlag.cloned != 0 } ?? false
    }

    private mutating func readHop(_ type: AttributeType, _ value: RawSpan) {
        switch type {
        case RouteAttribute.interface: interface = value.interfaceIndex
        case RouteAttribute.gateway: gateway = value.ipAddress
        // struct rtvia: a family of two bytes, then the address
        case RouteAttribute.via where value.byteCount > 2: gateway = value.extracting(2...).ipAddress
        default: break
        }
    }

    // struct rtnexthop: length, flags, weight, interface; then attributes up to the length.
    private mutating func readFirstHop(_ hops: RawSpan) {
        isMultipath = true
        guard let length = hops.number(at: 0, as: UInt16.self).map(Int.init), (8...hops.byteCount).contains(length),
            let flags = hops.number(at: 2, as: UInt8.self),
            let index = hops.number(at: 4, as: UInt32.self)
        else { return }
        interface = InterfaceIndex(attribute: index)
        isOnLink = UInt32(flags) & RouteFlag.onLink != 0
        AttributeReader.forEach(in: hops.extracting(8..<length)) { type, value in readHop(type, value) }
    }
}

extension MessageBuilder {
    fileprivate mutating func put(gateway: IPAddress, reaching family: AddressFamily) {
        guard gateway.family != family else { return put(RouteAttribute.gateway, gateway) }
        // struct rtvia: a family of two bytes in host byte order, then the address
        let number = UInt16(ProtocolFamily(gateway.family).rawValue).littleEndian
        put(RouteAttribute.via, [UInt8(truncatingIfNeeded: number), UInt8(number >> 8)] + gateway.bytes)
    }
}
