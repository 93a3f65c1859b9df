import CMnl
import NetworkTypes

// Links on the wire: struct ifinfomsg and IFLA_… attributes.

extension Link {
    /// The request for every link.
    static func dumpRequest() -> NetlinkMessage {
        MessageBuilder.message(.getLink, .dump, header: ifinfomsg()) { message in
            message.put(LinkAttribute.extensionMask, LinkAttribute.skipStatistics)
        }
    }

    /// The request for one link.
    static func request(_ reference: LinkReference) -> NetlinkMessage {
        MessageBuilder.message(.getLink, [], header: ifinfomsg(reference)) { message in
            message.put(LinkAttribute.extensionMask, LinkAttribute.skipStatistics)
            message.put(nameOf: reference)
        }
    }

    /// The link that a message describes, or nil if it describes none.
    init?(payload: RawSpan) {
        guard let index = payload.number(at: 4, as: Int32.self), index > 0,
            let flags = payload.number(at: 8, as: UInt32.self)
        else { return nil }
        self.init(index: InterfaceIndex(index), name: LinkName(reported: ""), mtu: 0)
        isUp = flags & LinkFlag.up != 0
        isLoopback = flags & LinkFlag.loopback != 0
        var info = LinkInfo()
        AttributeReader.forEach(in: payload, from: MemoryLayout<ifinfomsg>.size) { type, value in
            switch type {
            case LinkAttribute.name: name = LinkName(reported: value.text)
            case LinkAttribute.address: address = value.macAddress
            case LinkAttribute.mtu: mtu = value.number(as: UInt32.self).map(Int.init) ?? mtu
            case LinkAttribute.parent: parent = value.interfaceIndex
            case LinkAttribute.master: master = value.interfaceIndex
            case LinkAttribute.peerNamespaceID: peerNamespaceID = value.number(as: Int32.self)
            case LinkAttribute.alias: alias = value.text
            case LinkAttribute.operationalState:
                operationalState = value.number(as: UInt8.self).map(OperationalState.init) ?? .unknown
            case LinkAttribute.info: info = LinkInfo(attributes: value)
            default: break
            }
        }
        guard !name.rawValue.isEmpty else { return nil }
        kind = info.kind
        bridgePort = info.port
        hasSpanningTree = info.hasSpanningTree
    }
}

/// What `IFLA_LINKINFO` says.
private struct LinkInfo {
    var kind = LinkKind.other("")
    var port: BridgePort?
    var hasSpanningTree = false

    init() {}

    init(attributes: RawSpan) {
        var name = ""
        var portKind = ""
        var vxlan = VXLAN(vni: 0)
        var bridgePort = BridgePort()
        // The kind comes before the data that it explains; the data of other kinds has other numbers.
        AttributeReader.forEach(in: attributes) { type, value in
            switch type {
            case LinkInfoAttribute.kind: name = value.text
            case LinkInfoAttribute.data where name == "vxlan": vxlan.read(value)
            case LinkInfoAttribute.data where name == "bridge":
                AttributeReader.forEach(in: value) { type, value in
                    guard type == BridgeAttribute.spanningTree else { return }
                    hasSpanningTree = value.number(as: UInt32.self).map { $0 != 0 } ?? false
                }
            case LinkInfoAttribute.portKind: portKind = value.text
            case LinkInfoAttribute.portData where portKind == "bridge": bridgePort = BridgePort(attributes: value)
            default: break
            }
        }
        kind =
            switch name {
            case "vxlan": .vxlan(vxlan)
            case "bridge": .bridge
            case "veth": .veth
            default: .other(name)
            }
        port = portKind == "bridge" ? bridgePort : nil
    }
}

extension BridgePort {
    fileprivate init(attributes: RawSpan) {
        self.init()
        AttributeReader.forEach(in: attributes) { type, value in
            switch type {
            case BridgePortAttribute.hairpin: isHairpin = value.flag ?? false
            case BridgePortAttribute.isolated: isIsolated = value.flag ?? false
            case BridgePortAttribute.learning: isLearning = value.flag ?? false
            default: break
            }
        }
    }
}

// MARK: - Requests

extension ifinfomsg {
    /// The header that names a link by index; a name goes into an attribute.
    fileprivate init(_ reference: LinkReference) {
        self.init()
        if case .index(let index) = reference { ifi_index = index.rawValue }
    }

    fileprivate init(index: InterfaceIndex?) {
        self.init()
        ifi_index = index?.rawValue ?? 0
    }

    /// Asks for the interface to be up or down.
    fileprivate mutating func set(isUp: Bool) {
        ifi_flags = isUp ? LinkFlag.up : 0
        ifi_change = LinkFlag.up
    }
}

extension MessageBuilder {
    fileprivate mutating func put(nameOf reference: LinkReference) {
        if case .name(let name) = reference { put(LinkAttribute.name, name.rawValue) }
    }
}

extension LinkReference {
    /// The request to delete the link.
    func deletion(_ flags: MessageFlags) -> NetlinkMessage {
        MessageBuilder.message(.deleteLink, flags, header: ifinfomsg(self)) { $0.put(nameOf: self) }
    }

    func message(changing change: LinkChange) -> NetlinkMessage {
        var header = ifinfomsg(self)
        if let isUp = change.isUp { header.set(isUp: isUp) }
        // What belongs to the kind is changed by RTM_NEWLINK only.
        let type: MessageType = change.spanningTree == nil ? .setLink : .newLink
        return MessageBuilder.message(type, .acknowledge, header: header) { message in
            message.put(nameOf: self)
            if let name = change.name { message.put(LinkAttribute.name, name.rawValue) }
            if let mtu = change.mtu { message.put(LinkAttribute.mtu, UInt32(clamping: mtu)) }
            if let address = change.address { message.put(LinkAttribute.address, address) }
            if let alias = change.alias { message.put(LinkAttribute.alias, Array(alias.utf8)) }
            switch change.master {
            case .bridge(let index)?: message.put(LinkAttribute.master, index)
            case LinkChange.Master.none?: message.put(LinkAttribute.master, 0 as UInt32)
            case nil: break
            }
            if let descriptor = change.namespaceDescriptor {
                message.put(LinkAttribute.namespaceDescriptor, UInt32(bitPattern: descriptor))
            }
            if let spanningTree = change.spanningTree {
                message.nest(LinkAttribute.info) { info in
                    info.put(LinkInfoAttribute.kind, LinkKind.bridge.name)
                    info.nest(LinkInfoAttribute.data) { data in
                        data.put(BridgeAttribute.spanningTree, spanningTree ? 1 : 0 as UInt32)
                    }
                }
            }
        }
    }

    func message(changing change: BridgePortChange) -> NetlinkMessage {
        // Port data are honoured by RTM_NEWLINK only, and only when the link is a port already.
        MessageBuilder.message(.newLink, .acknowledge, header: ifinfomsg(self)) { message in
            message.put(nameOf: self)
            message.nest(LinkAttribute.info) { info in
                info.put(LinkInfoAttribute.portKind, "bridge")
                info.nest(LinkInfoAttribute.portData) { port in
                    if let hairpin = change.hairpin { port.put(BridgePortAttribute.hairpin, hairpin) }
                    if let isolated = change.isolated { port.put(BridgePortAttribute.isolated, isolated) }
                    if let learning = change.learning { port.put(BridgePortAttribute.learning, learning) }
                }
            }
        }
    }
}

extension LinkRequest {
    /// The requests that create the link: one, and a second for what the kernel does not take at creation.
    var messages: [NetlinkMessage] {
        guard let alias else { return [creation] }
        return [creation, LinkReference.name(name).message(changing: LinkChange(alias: alias))]
    }

    private var creation: NetlinkMessage {
        var header = ifinfomsg(index: index)
        if isUp { header.set(isUp: true) }
        return MessageBuilder.message(.newLink, [.acknowledge, .create, .exclusive], header: header) { message in
            message.put(LinkAttribute.name, name.rawValue)
            if let mtu { message.put(LinkAttribute.mtu, UInt32(clamping: mtu)) }
            if let address { message.put(LinkAttribute.address, address) }
            if let master { message.put(LinkAttribute.master, master) }
            if let group { message.put(LinkAttribute.group, group) }
            message.put(queues: queues)
            message.nest(LinkAttribute.info) { info in
                info.put(LinkInfoAttribute.kind, kind.name)
                switch kind {
                case .vxlan(let vxlan): info.nest(LinkInfoAttribute.data) { vxlan.write(to: &$0) }
                case .veth:
                    guard let peer else { break }
                    info.nest(LinkInfoAttribute.data) { data in
                        data.nest(VethAttribute.peer) { peer.write(to: &$0) }
                    }
                case .bridge, .other: break
                }
            }
        }
    }
}

extension VethPeer {
    fileprivate func write(to message: inout MessageBuilder) {
        message.put(header: ifinfomsg(index: index))
        message.put(LinkAttribute.name, name.rawValue)
        if let mtu { message.put(LinkAttribute.mtu, UInt32(clamping: mtu)) }
        if let address { message.put(LinkAttribute.address, address) }
        message.put(queues: queues)
        if let namespaceDescriptor {
            message.put(LinkAttribute.namespaceDescriptor, UInt32(bitPattern: namespaceDescriptor))
        }
    }
}

extension MessageBuilder {
    fileprivate mutating func put(queues: UInt32?) {
        guard let queues else { return }
        put(LinkAttribute.transmitQueues, queues)
        put(LinkAttribute.receiveQueues, queues)
    }
}
