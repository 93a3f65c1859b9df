package import LinuxSystem
package import Netlink
package import Nftables

/// Why a part of the plan could not be put in place.
package enum OverlayError: Error, Sendable {
    case network(NetlinkError)
    case system(SystemCallError)
    case ruleset(NftablesError)
    /// The tunnel that could not be made, and the other links on its port or VNI.
    case obstructed(LinkName, by: [Link], NetlinkError?)
    /// A link of a wanted name that is something else, and not ours to delete.
    case wrongKind(Link, wanted: String)
    /// The kernel has no such setting; what to do about it.
    case missingSetting(SysctlName, remedy: String)
}

extension OverlayError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .network(let error): "\(error)"
        case .system(let error): "\(error)"
        case .ruleset(let error): "\(error)"
        case .obstructed(let name, let links, let error): Self.obstruction(name, links, error)
        case .wrongKind(let link, let wanted):
            "the link \(link.name) is no \(wanted) but \(link.kind.article): delete it (ip link delete \(link.name))"
        case .missingSetting(let name, let remedy): "the kernel has no setting \(name): \(remedy)"
        }
    }

    private static func obstruction(_ name: LinkName, _ links: [Link], _ error: NetlinkError?) -> String {
        let cause = error.map { " (\($0))" } ?? ""
        guard !links.isEmpty else {
            return "\(name) cannot be made\(cause): another program or link holds its UDP port"
        }
        let others = links.map { link in
            guard case .vxlan(let vxlan) = link.kind else { return "\(link.name)" }
            return "\(link.name) (vxlan id \(vxlan.vni), port \(vxlan.port))"
        }
        return
            "\(name) cannot be made beside \(others.joined(separator: ", "))\(cause): delete that link, or use another"
            + " VNI and port on all nodes"
    }
}

extension LinkKind {
    fileprivate var article: String { name.isEmpty ? "hardware" : "a \(name)" }
}

/// What a pass could not do. Whatever did not depend on it was done.
package struct ReconcileFailure: Error, Sendable, CustomStringConvertible {
    package let causes: [OverlayError]

    package init(_ causes: [OverlayError]) {
        self.causes = causes
    }

    package var description: String { causes.map(\.description).joined(separator: "; ") }
}
