import NetworkTypes

// The words of ip(8) for links.

extension LinkReference {
    var index: InterfaceIndex? {
        if case .index(let index) = self { index } else { nil }
    }

    func words(_ name: (InterfaceIndex) -> String) -> String {
        switch self {
        case .index(let index): name(index)
        case .name(let linkName): linkName.rawValue
        }
    }
}

extension LinkRequest {
    func words(_ name: (InterfaceIndex) -> String) -> String {
        var words = self.name.rawValue
        if let index { words += " index \(index.rawValue)" }
        if let address { words += " address \(address)" }
        if let mtu { words += " mtu \(mtu)" }
        if let queues { words += " numtxqueues \(queues) numrxqueues \(queues)" }
        if let group { words += " group \(group)" }
        if let master { words += " master \(name(master))" }
        if isUp { words += " up" }
        if let alias { words += " alias '\(alias)'" }
        words += " type \(kind.name)"
        if case .vxlan(let vxlan) = kind { words += vxlan.words(name) }
        if let peer { words += peer.words }
        return words
    }
}

extension VethPeer {
    var words: String {
        var words = " peer name \(name)"
        if let index { words += " index \(index.rawValue)" }
        if let address { words += " address \(address)" }
        if let mtu { words += " mtu \(mtu)" }
        if let queues { words += " numtxqueues \(queues) numrxqueues \(queues)" }
        if let namespaceDescriptor { words += " netns /proc/self/fd/\(namespaceDescriptor)" }
        return words
    }
}

extension VXLAN {
    func words(_ name: (InterfaceIndex) -> String) -> String {
        var words = " id \(vni)"
        if let local { words += " local \(local)" }
        if let group { words += (group.isMulticast ? " group " : " remote ") + "\(group)" }
        if let link { words += " dev \(name(link))" }
        words += " dstport \(port)"
        if ttl != 0 { words += " ttl \(ttl)" }
        if tos != 0 { words += " tos 0x" + String(tos, radix: 16) }
        words += learning ? " learning" : " nolearning"
        if proxy { words += " proxy" }
        if routeShortCircuit { words += " rsc" }
        if l2miss { words += " l2miss" }
        if l3miss { words += " l3miss" }
        if !udpChecksum { words += " noudpcsum" }
        if zeroChecksum6Transmit { words += " udp6zerocsumtx" }
        if zeroChecksum6Receive { words += " udp6zerocsumrx" }
        if gbp { words += " gbp" }
        if collectMetadata { words += " external" }
        return words
    }
}

extension LinkChange.Master {
    var index: InterfaceIndex? {
        if case .bridge(let index) = self { index } else { nil }
    }
}

extension LinkChange {
    func words(_ nameOf: (InterfaceIndex) -> String) -> String {
        var words = ""
        if let isUp { words += isUp ? " up" : " down" }
        if let mtu { words += " mtu \(mtu)" }
        if let address { words += " address \(address)" }
        switch master {
        case .bridge(let index)?: words += " master \(nameOf(index))"
        case LinkChange.Master.none?: words += " nomaster"
        case nil: break
        }
        if let name { words += " name \(name)" }
        if let alias { words += " alias '\(alias)'" }
        if let namespaceDescriptor { words += " netns /proc/self/fd/\(namespaceDescriptor)" }
        if let spanningTree { words += " type bridge stp_state \(spanningTree ? 1 : 0)" }
        return words
    }
}

extension BridgePortChange {
    var words: String {
        var words = ""
        if let hairpin { words += " hairpin " + (hairpin ? "on" : "off") }
        if let isolated { words += " isolated " + (isolated ? "on" : "off") }
        if let learning { words += " learning " + (learning ? "on" : "off") }
        return words
    }
}
