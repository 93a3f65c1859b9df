import DNSWire
import NetworkTypes

/// What is the same in all answers: a zone's names and numbers, ready to be written.
struct ZoneOrigin: Sendable, Equatable {
    /// Z in lower case.
    let name: DNSName
    let labelCount: Int
    /// Z in wire form, with the root.
    let octets: [UInt8]
    /// `svc.Z` in wire form, with the root.
    let serviceOctets: [UInt8]
    var timeToLive: UInt32
    /// The cluster DNS addresses in network byte order.
    let addresses: [UInt8]
    let addressLayout: AddressLayout
    // Kept here, since a static array would be counted by all threads that use it.
    /// `ns.dns` and `hostmaster`, the first labels of a zone's name server and of its mailbox.
    let nameServer: [UInt8] = [2] + Array("ns".utf8) + [3] + Array("dns".utf8)
    let hostmaster: [UInt8] = [10] + Array("hostmaster".utf8)
    /// The version of the specification that the zone follows, as one string.
    let version: [UInt8] = [5] + Array("1.1.0".utf8)
    /// What RFC 8482 section 4.2 says in place of all records.
    let anyReply: [UInt8] = [7] + Array("RFC8482".utf8) + [0]
    /// The networks whose reverse names are ours.
    let networks: [IPPrefix]

    init(_ configuration: ClusterDNSConfiguration) {
        name = configuration.clusterDomain.folded
        labelCount = name.labelCount
        octets = name.wire
        serviceOctets = [3] + Array("svc".utf8) + name.wire
        timeToLive = configuration.timeToLive
        let (v4, v6) = configuration.addresses.values.octetsByFamily
        addresses = v4 + v6
        addressLayout = AddressLayout(v4Count: v4.count / 4, v6Count: v6.count / 16, start: 0)
        networks = configuration.podCIDRs.values + configuration.serviceCIDRs.values
    }
}
