/// The kinds of notification that a monitor can subscribe to (`RTNLGRP_…`).
package enum NetlinkGroup: UInt32, Hashable, Sendable, CaseIterable {
    case link = 1
    /// Neighbours of both families and forwarding entries.
    case neighbour = 3
    case ipv4Address = 5
    case ipv4Route = 7
    case ipv6Address = 9
    case ipv6Route = 11
    /// Forwarding and reverse path filtering.
    case ipv4Configuration = 24
    case ipv6Configuration = 25
}
