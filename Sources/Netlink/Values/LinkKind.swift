/// What drives an interface (`IFLA_INFO_KIND`), with the settings of the kinds that Linnet makes.
package enum LinkKind: Hashable, Sendable {
    case vxlan(VXLAN)
    case bridge
    case veth
    /// Any other kind by the kernel's name. Empty for hardware and the loopback interface, which have none.
    case other(String)

    /// The kernel's name of the kind.
    package var name: String {
        switch self {
        case .vxlan: "vxlan"
        case .bridge: "bridge"
        case .veth: "veth"
        case .other(let name): name
        }
    }
}
