import NetworkTypes

// A vxlan link's data on the wire: IFLA_VXLAN_… attributes.

extension VXLAN {
    /// Puts the settings in flannel's order and with flannel's choice of what is always said.
    func write(to data: inout MessageBuilder) {
        data.put(VXLANAttribute.vni, vni)
        if let group { data.put(group.family == .ipv4 ? VXLANAttribute.group : VXLANAttribute.group6, group) }
        if let link { data.put(VXLANAttribute.link, link) }
        if let local { data.put(local.family == .ipv4 ? VXLANAttribute.local : VXLANAttribute.local6, local) }
        data.put(VXLANAttribute.ttl, ttl)
        data.put(VXLANAttribute.tos, tos)
        data.put(VXLANAttribute.learning, learning)
        data.put(VXLANAttribute.proxy, proxy)
        data.put(VXLANAttribute.routeShortCircuit, routeShortCircuit)
        data.put(VXLANAttribute.l2miss, l2miss)
        data.put(VXLANAttribute.l3miss, l3miss)
        // The one number here in network byte order.
        data.put(VXLANAttribute.port, port.bigEndian)
        if !udpChecksum { data.put(VXLANAttribute.udpChecksum, false) }
        data.put(VXLANAttribute.zeroChecksum6Transmit, zeroChecksum6Transmit)
        data.put(VXLANAttribute.zeroChecksum6Receive, zeroChecksum6Receive)
        if gbp { data.put(flag: VXLANAttribute.gbp) }
        if collectMetadata { data.put(VXLANAttribute.collectMetadata, true) }
    }

    /// Takes over what the attributes of `IFLA_INFO_DATA` say.
    mutating func read(_ data: RawSpan) {
        AttributeReader.forEach(in: data) { type, value in
            switch type {
            case VXLANAttribute.vni: vni = value.number(as: UInt32.self) ?? vni
            case VXLANAttribute.group where value.byteCount == 4: group = value.ipAddress
            case VXLANAttribute.group6 where value.byteCount == 16: group = value.ipAddress
            case VXLANAttribute.link: link = value.interfaceIndex
            case VXLANAttribute.local where value.byteCount == 4: local = value.ipAddress
            case VXLANAttribute.local6 where value.byteCount == 16: local = value.ipAddress
            case VXLANAttribute.ttl: ttl = value.number(as: UInt8.self) ?? ttl
            case VXLANAttribute.tos: tos = value.number(as: UInt8.self) ?? tos
            case VXLANAttribute.port: port = value.number(as: UInt16.self).map(UInt16.init(bigEndian:)) ?? port
            // A flag without a value: that it is there is what it says.
            case VXLANAttribute.gbp: gbp = true
            default: readSwitch(type, value)
            }
        }
    }

    private mutating func readSwitch(_ type: AttributeType, _ value: RawSpan) {
        guard let isOn = value.flag else { return }
        switch type {
        case VXLANAttribute.learning: learning = isOn
        case VXLANAttribute.proxy: proxy = isOn
        case VXLANAttribute.routeShortCircuit: routeShortCircuit = isOn
        case VXLANAttribute.l2miss: l2miss = isOn
        case VXLANAttribute.l3miss: l3miss = isOn
        case VXLANAttribute.udpChecksum: udpChecksum = isOn
        case VXLANAttribute.zeroChecksum6Transmit: zeroChecksum6Transmit = isOn
        case VXLANAttribute.zeroChecksum6Receive: zeroChecksum6Receive = isOn
        case VXLANAttribute.collectMetadata: collectMetadata = isOn
        default: break
        }
    }
}
