import LinuxSystem
import Netlink
import NetworkTypes

extension KernelState {
    mutating func createLink(_ request: LinkRequest) throws(Errno) {
        guard !links.values.contains(where: { $0.name == request.name }) else { throw .exists }
        if let index = request.index, links[index] != nil { throw .exists }
        if let master = request.master { _ = try existing(master) }
        if case .vxlan(let vxlan) = request.kind { try admit(vxlan) }
        var link = Link(
            index: request.index ?? freeIndex(),
            name: request.name,
            address: request.address ?? freeAddress(),
            mtu: try mtu(of: request),
            isUp: request.isUp,
            operationalState: request.isUp ? .up : .down,
            master: request.master,
            alias: request.alias,
            kind: request.kind,
            bridgePort: request.master == nil ? nil : BridgePort()
        )
        if case .vxlan(let vxlan) = request.kind { link.parent = vxlan.link }
        links[link.index] = link
        if request.kind == .veth { try createPeer(of: link, request.peer) }
        notify(.link(links[link.index] ?? link))
    }

    mutating func deleteLink(_ index: InterfaceIndex) {
        guard let link = links.removeValue(forKey: index) else { return }
        for address in addresses where address.interface == index { notify(.addressRemoved(address)) }
        for entry in forwardingEntries where entry.interface == index { notify(.forwardingEntryRemoved(entry)) }
        addresses.removeAll { $0.interface == index }
        forwardingEntries.removeAll { $0.interface == index }
        flushNeighboursAndRoutes(of: index)
        for (other, var port) in links where port.master == index {
            port.master = nil
            port.bridgePort = nil
            links[other] = port
            notify(.link(port))
        }
        notify(.linkRemoved(link))
        let dependants = links.values.filter { $0.parent == index && ($0.kind == .veth || $0.kind.isTunnel) }
        for dependant in dependants { deleteLink(dependant.index) }
    }

    mutating func setLink(_ index: InterfaceIndex, _ change: LinkChange) throws(Errno) {
        var link = try existing(index)
        if let name = change.name {
            guard !links.values.contains(where: { $0.name == name && $0.index != index }) else { throw .exists }
            link.name = name
        }
        if let mtu = change.mtu {
            guard mtu <= greatestMTU(of: link.kind) else { throw .invalidArgument }
            link.mtu = mtu
        }
        if let address = change.address { link.address = address }
        if let alias = change.alias { link.alias = alias.isEmpty ? nil : alias }
        switch change.master {
        case .bridge(let master)?:
            guard try existing(master).kind == .bridge else { throw .notSupported }
            if link.master != master { link.bridgePort = BridgePort() }
            link.master = master
        case LinkChange.Master.none?:
            link.master = nil
            link.bridgePort = nil
        case nil: break
        }
        if let spanningTree = change.spanningTree { link.hasSpanningTree = spanningTree }
        let goesDown = change.isUp == false && link.isUp
        if let isUp = change.isUp {
            link.isUp = isUp
            link.operationalState = isUp ? .up : .down
        }
        links[index] = link
        if goesDown { takeDown(index) }
        notify(.link(link))
        if change.isUp == true { addPrefixRoutes(of: index) }
    }

    mutating func setBridgePort(_ index: InterfaceIndex, _ change: BridgePortChange) throws(Errno) {
        var link = try existing(index)
        guard var port = link.bridgePort else { throw .notSupported }
        port.isHairpin = change.hairpin ?? port.isHairpin
        port.isIsolated = change.isolated ?? port.isIsolated
        port.isLearning = change.learning ?? port.isLearning
        link.bridgePort = port
        links[index] = link
        notify(.link(link))
    }

    // An interface that goes down keeps its IPv4 addresses, and loses its IPv6 ones, its neighbours and its routes.
    private mutating func takeDown(_ index: InterfaceIndex) {
        for address in addresses where address.interface == index && address.address.family == .ipv6 {
            notify(.addressRemoved(address))
        }
        addresses.removeAll { $0.interface == index && $0.address.family == .ipv6 }
        flushNeighboursAndRoutes(of: index)
    }

    // The kernel does not notify each IPv4 route that goes with its interface; nor is it done here.
    private mutating func flushNeighboursAndRoutes(of index: InterfaceIndex) {
        for neighbour in neighbours where neighbour.interface == index { notify(.neighbourRemoved(neighbour)) }
        neighbours.removeAll { $0.interface == index }
        for route in routes where route.interface == index && route.destination.family == .ipv6 {
            notify(.routeRemoved(route))
        }
        routes.removeAll { $0.interface == index }
    }

    private mutating func createPeer(of link: Link, _ request: VethPeer?) throws(Errno) {
        // An end in another namespace is not in this one's view.
        guard request?.namespaceDescriptor == nil else {
            links[link.index]?.peerNamespaceID = 0
            links[link.index]?.parent = request?.index ?? InterfaceIndex(2)
            return
        }
        let index = request?.index ?? freeIndex()
        guard let name = request?.name ?? LinkName(rawValue: "veth\(index.rawValue)") else { throw .invalidArgument }
        guard !links.values.contains(where: { $0.name == name }) else {
            links[link.index] = nil
            throw .exists
        }
        let peer = Link(
            index: index,
            name: name,
            address: request?.address ?? freeAddress(),
            mtu: request?.mtu ?? 1500,
            operationalState: .down,
            parent: link.index,
            kind: .veth
        )
        links[index] = peer
        links[link.index]?.parent = index
        notify(.link(peer))
    }

    /// The kernel refuses a second tunnel that would take the same packets, and one over a missing interface.
    private func admit(_ vxlan: VXLAN) throws(Errno) {
        if let parent = vxlan.link { _ = try existing(parent) }
        guard vxlan.vni < 1 << 24 else { throw .outOfRange }
        for case .vxlan(let other) in links.values.map(\.kind)
        where other.vni == vxlan.vni && other.port == vxlan.port
            && (other.local?.family ?? .ipv4) == (vxlan.local?.family ?? .ipv4)
        {
            throw .exists
        }
    }

    /// A vxlan interface asked to carry more than its parent can is silently given what fits.
    private func mtu(of request: LinkRequest) throws(Errno) -> Int {
        let greatest = greatestMTU(of: request.kind)
        guard case .vxlan(let vxlan) = request.kind else {
            guard (request.mtu ?? 1500) <= greatest else { throw .invalidArgument }
            return request.mtu ?? 1500
        }
        return min(request.mtu ?? (vxlan.link == nil ? 1500 : greatest), greatest)
    }

    private func greatestMTU(of kind: LinkKind) -> Int {
        guard case .vxlan(let vxlan) = kind else { return 65535 }
        let overhead = vxlan.local?.family == .ipv6 ? 70 : 50
        guard let parent = vxlan.link.flatMap({ links[$0] }) else { return 65535 - overhead }
        return parent.mtu - overhead
    }
}

extension LinkKind {
    fileprivate var isTunnel: Bool {
        if case .vxlan = self { true } else { false }
    }
}
