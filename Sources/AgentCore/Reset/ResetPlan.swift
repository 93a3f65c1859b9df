package import Netlink
import NetworkTypes

/// What is on the host that may be Linnet's.
package struct ResetFacts: Sendable, Equatable {
    package var links: [Link]
    /// Routes with Linnet's own protocol number, in any table.
    package var routes: [Route]
    /// The addresses that Linnet set on `lo`.
    package var addresses: [Address]
    /// The nft tables of Linnet's names that exist.
    package var tables: [String]
    /// The files of Linnet's names that exist, in the order in which they should go.
    package var files: [String]
    /// The directories that are Linnet's own, inner ones first.
    package var directories: [String]
    /// The owned sysctls as they stand: `net/ipv4/ip_forward = 1`.
    package var sysctls: [String]
    /// Address reservations of pods that lie on disk.
    package var reservations: [String]
    /// The living pods that have host ports.
    package var hostPortHolders: [String]
    /// The bridge that was opened to 127.0.0.0/8 for host ports, if it is still there.
    package var localhostBridge: LinkName?

    package init(
        links: [Link],
        routes: [Route],
        addresses: [Address] = [],
        tables: [String],
        files: [String],
        directories: [String],
        sysctls: [String],
        reservations: [String],
        hostPortHolders: [String] = [],
        localhostBridge: LinkName? = nil
    ) {
        self.links = links
        self.routes = routes
        self.addresses = addresses
        self.tables = tables
        self.files = files
        self.directories = directories
        self.sysctls = sysctls
        self.reservations = reservations
        self.hostPortHolders = hostPortHolders
        self.localhostBridge = localhostBridge
    }
}

/// The names under which Linnet makes things, as one configuration has them.
package struct OwnedNames: Sendable, Equatable {
    /// The tunnels' links.
    package var tunnels: Set<LinkName>
    package var bridge: LinkName
    /// The alias that every link made by Linnet carries; an adopted one has another or none.
    package var alias: String

    package init(tunnels: Set<LinkName>, bridge: LinkName, alias: String) {
        self.tunnels = tunnels
        self.bridge = bridge
        self.alias = alias
    }
}

extension OwnedNames {
    /// Whether the link is of these names, or was made by Linnet under another configuration.
    fileprivate func includes(_ link: Link) -> Bool {
        if tunnels.contains(link.name) || link.name == bridge || link.isMadeBridge(self) { return true }
        if case .vxlan = link.kind { return link.alias == alias }
        return false
    }
}

extension Link {
    fileprivate func isMadeBridge(_ names: OwnedNames) -> Bool { kind == .bridge && alias == names.alias }
}

/// One thing that `linnet reset` takes back.
package enum ResetStep: Sendable, Hashable, CustomStringConvertible {
    case deleteTable(String)
    case deleteRoute(Route)
    case deleteAddress(Address)
    case deleteLink(Link)
    /// Packets of 127.0.0.0/8 pass the link no more.
    case closeLocalhost(LinkName)
    case removeFile(String)
    /// Goes only if nothing is left in it.
    case removeEmptyDirectory(String)

    package var description: String {
        switch self {
        case .deleteTable(let name): "nft table inet \(name)"
        case .deleteRoute(let route): "\(NetlinkOperation.deleteRoute(route))"
        case .deleteAddress(let address): "address \(address.address.address)"
        case .deleteLink(let link): "link \(link.name)"
        case .closeLocalhost(let link): "route_localnet of \(link)"
        case .removeFile(let path): path
        case .removeEmptyDirectory(let path): "\(path)/"
        }
    }
}

/// What `linnet reset` does, what it leaves and why; or why it does nothing.
package struct ResetPlan: Sendable, Equatable {
    /// In order: what sends packets our way goes first.
    package private(set) var steps: [ResetStep] = []
    /// Whole sentences.
    package private(set) var left: [String] = []
    /// Why nothing is done without `--force`.
    package private(set) var refusal: String?

    package init(_ facts: ResetFacts, names: OwnedNames, force: Bool) {
        let pods = Self.pods(facts, names)
        if !pods.isEmpty, !force {
            refusal = "pods hang on \(names.bridge) (\(pods.joined(separator: ", "))): remove them, or use --force"
            return
        }
        if !facts.hostPortHolders.isEmpty, !force {
            let holders = facts.hostPortHolders.joined(separator: ", ")
            refusal = "pods have host ports (\(holders)): remove them, or use --force"
            return
        }
        // While the table that keeps pods out is there, and the file that says so.
        if let bridge = facts.localhostBridge { steps.append(.closeLocalhost(bridge)) }
        // Nobody asks the responder any more.
        steps += facts.addresses.map(ResetStep.deleteAddress)
        // Files first: no runtime starts a pod through a plugin whose links are about to go.
        steps += facts.files.map(ResetStep.removeFile)
        steps += facts.tables.map(ResetStep.deleteTable)
        planLinks(facts, names, podsAttached: !pods.isEmpty)
        steps += facts.directories.map(ResetStep.removeEmptyDirectory)
        planLeftovers(facts)
    }

    private static func pods(_ facts: ResetFacts, _ names: OwnedNames) -> [String] {
        let bridges = Set(facts.links.filter { $0.name == names.bridge || $0.isMadeBridge(names) }.map(\.index))
        return facts.links.filter { $0.master.map(bridges.contains) ?? false }.map { "\($0.name)" }
    }

    private mutating func planLinks(_ facts: ResetFacts, _ names: OwnedNames, podsAttached: Bool) {
        var removed: Set<InterfaceIndex> = []
        // Those of another configuration, of which only the alias tells, go too.
        for link in facts.links where names.includes(link) {
            guard link.alias == names.alias else {
                left.append(
                    "link \(link.name) stays, with its addresses and the entries of peers on it: it was there before Linnet"
                        + " and was only adopted"
                )
                continue
            }
            removed.insert(link.index)
            steps.append(.deleteLink(link))
            if link.name == names.bridge || link.kind == .bridge, podsAttached {
                left.append("the pods' own links stay, detached: their runtime removes them")
            }
        }
        // The kernel drops the routes of a deleted link by itself.
        let routes = facts.routes.filter { route in route.interface.map { !removed.contains($0) } ?? true }
        let firstLink = steps.firstIndex { if case .deleteLink = $0 { true } else { false } } ?? steps.endIndex
        steps.insert(contentsOf: routes.map(ResetStep.deleteRoute), at: firstLink)
    }

    private mutating func planLeftovers(_ facts: ResetFacts) {
        if !facts.sysctls.isEmpty {
            left.append(
                "sysctls stay as they are, since others may rely on them by now: "
                    + facts.sysctls.joined(separator: ", ")
            )
        }
        if !facts.reservations.isEmpty {
            left.append(
                "address reservations stay, since another plugin reads the same files: "
                    + facts.reservations.joined(separator: ", ")
            )
        }
    }
}
