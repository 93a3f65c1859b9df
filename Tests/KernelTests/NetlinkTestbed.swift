import Glibc
import LinuxSystem
import Netlink
import NetworkTypes

/// A network namespace of its own with a socket in it: nothing that a test does is seen outside.
struct NetlinkTestbed {
    let namespace: NetworkNamespace
    let kernel: NetlinkSocket

    init() throws {
        namespace = try NetworkNamespace.create()
        kernel = try NetlinkSocket.open(in: namespace)
    }

    /// A namespace with an underlay: eth0 (192.168.0.1/24, fd00:1::1/64), up, whose other end is up too.
    static func withUnderlay() throws -> (testbed: NetlinkTestbed, underlay: InterfaceIndex) {
        let testbed = try NetlinkTestbed()
        let request = LinkRequest(
            name: try name("eth0"),
            kind: .veth,
            isUp: true,
            peer: VethPeer(name: try name("lan"))
        )
        let underlay = try testbed.kernel.createLink(request)
        if let other = underlay.parent { try testbed.kernel.setLink(other, LinkChange(isUp: true)) }
        for text in ["192.168.0.1/24", "fd00:1::1/64"] {
            let address = Address(
                interface: underlay.index,
                address: try InterfaceAddress(parsing: text),
                flags: .noDuplicateDetection
            )
            try testbed.kernel.addAddress(address)
        }
        return (testbed, underlay.index)
    }

    /// flannel.1 over the underlay, up.
    func flannelLink(over underlay: InterfaceIndex) throws -> Link {
        let request = LinkRequest(
            name: try Self.name("flannel.1"),
            kind: .vxlan(VXLAN(vni: 1, link: underlay, local: try Self.ip("192.168.0.1"))),
            address: try Self.mac("12:c6:65:89:b4:e3"),
            isUp: true
        )
        return try kernel.createLink(request)
    }

    /// flannel-v6.1 over the underlay, up.
    func flannelLinkV6(over underlay: InterfaceIndex) throws -> Link {
        let request = LinkRequest(
            name: try Self.name("flannel-v6.1"),
            kind: .vxlan(VXLAN(vni: 1, link: underlay, local: try Self.ip("fd00:1::1"))),
            address: try Self.mac("12:c6:65:89:b4:e6"),
            isUp: true
        )
        return try kernel.createLink(request)
    }

    func monitor(
        _ groups: Set<NetlinkGroup>,
        routes: RouteInterest? = nil,
        receiveBuffer: Int32 = NetlinkMonitor.usualReceiveBuffer
    ) throws -> NetlinkMonitor {
        try NetlinkMonitor.open(groups: groups, routes: routes, in: namespace, receiveBuffer: receiveBuffer)
    }

    static func name(_ text: String) throws -> LinkName { try LinkName(validating: text) }
    static func ip(_ text: String) throws -> IPAddress { try IPAddress(parsing: text) }
    static func prefix(_ text: String) throws -> IPPrefix { try IPPrefix(parsing: text) }
    static func mac(_ text: String) throws -> MACAddress { try MACAddress(parsing: text) }
}

extension NetlinkMonitor {
    /// What the monitor hears until `isEnough` says so, or until ten seconds are over.
    func hear(until isEnough: ([NetlinkNotification]) -> Bool) throws -> [NetlinkNotification] {
        let clock = ContinuousClock()
        let deadline = clock.now + .seconds(10)
        var heard = try drain()
        while !isEnough(heard), clock.now < deadline {
            var waiting = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
            _ = poll(&waiting, 1, 1000)
            heard += try drain()
        }
        return heard
    }
}
