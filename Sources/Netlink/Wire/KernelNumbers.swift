import CMnl

// The numbers of <linux/netlink.h> and <linux/rtnetlink.h>, typed. Registries grow, so these are open: an unknown number
// is skipped, not refused.

/// The type of a message (`NLMSG_…`, `RTM_…`).
struct MessageType: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt16

    static let noop = MessageType(rawValue: 1)
    static let error = MessageType(rawValue: 2)
    static let done = MessageType(rawValue: 3)
    static let overrun = MessageType(rawValue: 4)

    static let newLink = MessageType(RTM_NEWLINK)
    static let deleteLink = MessageType(RTM_DELLINK)
    static let getLink = MessageType(RTM_GETLINK)
    static let setLink = MessageType(RTM_SETLINK)
    static let newAddress = MessageType(RTM_NEWADDR)
    static let deleteAddress = MessageType(RTM_DELADDR)
    static let getAddress = MessageType(RTM_GETADDR)
    static let newRoute = MessageType(RTM_NEWROUTE)
    static let deleteRoute = MessageType(RTM_DELROUTE)
    static let getRoute = MessageType(RTM_GETROUTE)
    static let newNeighbour = MessageType(RTM_NEWNEIGH)
    static let deleteNeighbour = MessageType(RTM_DELNEIGH)
    static let getNeighbour = MessageType(RTM_GETNEIGH)
    static let newConfiguration = MessageType(RTM_NEWNETCONF)
}

extension MessageType {
    fileprivate init(_ number: some BinaryInteger) {
        self.init(rawValue: UInt16(truncatingIfNeeded: number))
    }
}

/// The flags of a message (`NLM_F_…`).
struct MessageFlags: OptionSet, Hashable, Sendable {
    let rawValue: UInt16

    static let request = MessageFlags(rawValue: 0x01)
    static let acknowledge = MessageFlags(rawValue: 0x04)
    /// The dump saw the table change under it, and may have skipped entries.
    static let dumpInterrupted = MessageFlags(rawValue: 0x10)

    // Of requests to read.
    static let dump = MessageFlags(rawValue: 0x300)

    // Of requests to write.
    static let replace = MessageFlags(rawValue: 0x100)
    static let exclusive = MessageFlags(rawValue: 0x200)
    static let create = MessageFlags(rawValue: 0x400)
    static let append = MessageFlags(rawValue: 0x800)

    // Of acknowledgements.
    /// The request is not repeated in the acknowledgement.
    static let capped = MessageFlags(rawValue: 0x100)
    /// Attributes follow.
    static let hasAttributes = MessageFlags(rawValue: 0x200)
}

/// The type of an attribute, without its flag bits. What a number means depends on where the attribute is.
struct AttributeType: RawRepresentable, Hashable, Sendable {
    let rawValue: UInt16

    init(rawValue: UInt16) {
        self.rawValue = rawValue
    }

    init(_ number: some BinaryInteger) {
        rawValue = UInt16(truncatingIfNeeded: number)
    }

    // NLA_TYPE_MASK: the upper two bits say nested and network byte order.
    init(masking number: UInt16) {
        rawValue = number & 0x3fff
    }
}

/// The flags of a link (`IFF_…`).
enum LinkFlag {
    static let up: UInt32 = 0x1
    static let loopback: UInt32 = 0x8
}

/// Attributes of an acknowledgement (`NLMSGERR_ATTR_…`).
enum AcknowledgementAttribute {
    static let message = AttributeType(1)
}

/// Attributes of a link (`IFLA_…`).
enum LinkAttribute {
    static let address = AttributeType(IFLA_ADDRESS)
    static let name = AttributeType(IFLA_IFNAME)
    static let mtu = AttributeType(IFLA_MTU)
    static let parent = AttributeType(IFLA_LINK)
    static let master = AttributeType(IFLA_MASTER)
    static let operationalState = AttributeType(IFLA_OPERSTATE)
    static let info = AttributeType(IFLA_LINKINFO)
    static let alias = AttributeType(IFLA_IFALIAS)
    static let group = AttributeType(IFLA_GROUP)
    static let namespaceDescriptor = AttributeType(IFLA_NET_NS_FD)
    static let extensionMask = AttributeType(IFLA_EXT_MASK)
    static let transmitQueues = AttributeType(IFLA_NUM_TX_QUEUES)
    static let receiveQueues = AttributeType(IFLA_NUM_RX_QUEUES)
    static let peerNamespaceID = AttributeType(IFLA_LINK_NETNSID)

    /// RTEXT_FILTER_SKIP_STATS: counters are two thirds of a link message, and nobody here reads them.
    static let skipStatistics: UInt32 = 8
}

/// Attributes of `IFLA_LINKINFO`.
enum LinkInfoAttribute {
    static let kind = AttributeType(IFLA_INFO_KIND)
    static let data = AttributeType(IFLA_INFO_DATA)
    static let portKind = AttributeType(IFLA_INFO_SLAVE_KIND)
    static let portData = AttributeType(IFLA_INFO_SLAVE_DATA)
}

/// Attributes of a vxlan link's data (`IFLA_VXLAN_…`).
enum VXLANAttribute {
    static let vni = AttributeType(IFLA_VXLAN_ID)
    static let group = AttributeType(IFLA_VXLAN_GROUP)
    static let link = AttributeType(IFLA_VXLAN_LINK)
    static let local = AttributeType(IFLA_VXLAN_LOCAL)
    static let ttl = AttributeType(IFLA_VXLAN_TTL)
    static let tos = AttributeType(IFLA_VXLAN_TOS)
    static let learning = AttributeType(IFLA_VXLAN_LEARNING)
    static let proxy = AttributeType(IFLA_VXLAN_PROXY)
    static let routeShortCircuit = AttributeType(IFLA_VXLAN_RSC)
    static let l2miss = AttributeType(IFLA_VXLAN_L2MISS)
    static let l3miss = AttributeType(IFLA_VXLAN_L3MISS)
    static let port = AttributeType(IFLA_VXLAN_PORT)
    static let group6 = AttributeType(IFLA_VXLAN_GROUP6)
    static let local6 = AttributeType(IFLA_VXLAN_LOCAL6)
    static let udpChecksum = AttributeType(IFLA_VXLAN_UDP_CSUM)
    static let zeroChecksum6Transmit = AttributeType(IFLA_VXLAN_UDP_ZERO_CSUM6_TX)
    static let zeroChecksum6Receive = AttributeType(IFLA_VXLAN_UDP_ZERO_CSUM6_RX)
    static let gbp = AttributeType(IFLA_VXLAN_GBP)
    static let collectMetadata = AttributeType(IFLA_VXLAN_COLLECT_METADATA)
}

/// Attributes of a veth link's data.
enum VethAttribute {
    static let peer = AttributeType(VETH_INFO_PEER)
}

/// Attributes of a bridge's data (`IFLA_BR_…`).
enum BridgeAttribute {
    static let spanningTree = AttributeType(IFLA_BR_STP_STATE)
}

/// Attributes of a bridge port (`IFLA_BRPORT_…`).
enum BridgePortAttribute {
    static let hairpin = AttributeType(IFLA_BRPORT_MODE)
    static let learning = AttributeType(IFLA_BRPORT_LEARNING)
    static let isolated = AttributeType(IFLA_BRPORT_ISOLATED)
}

/// Attributes of an address (`IFA_…`).
enum AddressAttribute {
    static let address = AttributeType(IFA_ADDRESS)
    static let local = AttributeType(IFA_LOCAL)
    static let label = AttributeType(IFA_LABEL)
    static let broadcast = AttributeType(IFA_BROADCAST)
    static let flags = AttributeType(IFA_FLAGS)
    static let lifetimes = AttributeType(IFA_CACHEINFO)
    /// IFA_PROTO: older headers do not have it.
    static let origin = AttributeType(11)
}

/// Attributes of a route (`RTA_…`).
enum RouteAttribute {
    static let destination = AttributeType(RTA_DST.rawValue)
    static let interface = AttributeType(RTA_OIF.rawValue)
    static let gateway = AttributeType(RTA_GATEWAY.rawValue)
    static let metric = AttributeType(RTA_PRIORITY.rawValue)
    static let source = AttributeType(RTA_PREFSRC.rawValue)
    static let multipath = AttributeType(RTA_MULTIPATH.rawValue)
    static let table = AttributeType(RTA_TABLE.rawValue)
    static let via = AttributeType(RTA_VIA.rawValue)
}

/// The flags of a route and of its next hops (`RTM_F_…`, `RTNH_F_…`).
enum RouteFlag {
    static let onLink: UInt32 = 0x4
    /// A cached result, not a route that anybody made.
    static let cloned: UInt32 = 0x200
    /// Asks a lookup to say which table answered.
    static let lookupTable: UInt32 = 0x1000
}

/// Attributes of a neighbour or forwarding entry (`NDA_…`).
enum NeighbourAttribute {
    static let destination = AttributeType(NDA_DST)
    static let linkAddress = AttributeType(NDA_LLADDR)
    static let vlan = AttributeType(NDA_VLAN)
    static let port = AttributeType(NDA_PORT)
    static let vni = AttributeType(NDA_VNI)
    static let interface = AttributeType(NDA_IFINDEX)
}

/// The flags of a neighbour or forwarding entry (`NTF_…`).
enum NeighbourFlag {
    static let own: UInt8 = 0x02
    static let master: UInt8 = 0x04
    static let proxy: UInt8 = 0x08
}

/// Attributes of settings (`NETCONFA_…`).
enum ConfigurationAttribute {
    static let interface = AttributeType(1)
    static let forwarding = AttributeType(2)
    static let reversePathFilter = AttributeType(3)
}
