/// Something that happened to the kernel's state.
package enum NetlinkNotification: Hashable, Sendable {
    /// An interface appeared or changed.
    case link(Link)
    case linkRemoved(Link)
    case address(Address)
    case addressRemoved(Address)
    case route(Route)
    case routeRemoved(Route)
    case neighbour(Neighbour)
    case neighbourRemoved(Neighbour)
    case forwardingEntry(ForwardingEntry)
    case forwardingEntryRemoved(ForwardingEntry)
    /// A setting of the network stack was written.
    case configuration(ConfigurationChange)
    /// Notifications were lost (ENOBUFS): read everything again.
    case resynchronise
}
