import LinuxSystem
import Netlink
import Nftables
import Overlay

/// What must be there before anything is started: what no restart can cure ends the process here.
enum Preflight {
    /// - Throws: `PreflightError`.
    static func check(_ configuration: AgentConfiguration) throws(PreflightError) {
        try checkPrivilege()
        try checkNftables()
        if configuration.flannel.backend != .none { try checkLinks(withTunnel: configuration.vxlan != nil) }
        try makeDirectories(configuration.paths)
    }

    private static func checkPrivilege() throws(PreflightError) {
        let isAdministrator = (try? ProcessFacts.has(.netAdmin)) ?? false
        guard isAdministrator else { throw .privilege(.netAdmin) }
    }

    private static func checkNftables() throws(PreflightError) {
        do throws(NftablesError) {
            _ = try NftablesSocket.open().generation()
        } catch {
            throw .feature("nf_tables", "\(error)")
        }
    }

    /// A bridge can be made, and a tunnel where one is needed. A host that has them already has shown it, and is left
    /// alone.
    private static func checkLinks(withTunnel: Bool) throws(PreflightError) {
        do throws(NetlinkError) {
            let socket = try NetlinkSocket.open()
            // Left by an agent that was killed while it probed.
            if let probeName, let leftover = try socket.link(named: probeName) { try socket.deleteLink(leftover.index) }
            let links = try socket.links()
            let hasTunnel = links.contains { if case .vxlan = $0.kind { true } else { false } }
            if withTunnel, !hasTunnel { try probe(.vxlan(VXLAN(vni: 0xfffffe, port: 1)), on: socket) }
            if !links.contains(where: { $0.kind == .bridge }) { try probe(.bridge, on: socket) }
        } catch {
            throw .feature(withTunnel ? "vxlan and bridge links" : "bridge links", "\(error)")
        }
    }

    private static let probeName = LinkName(rawValue: "linnet-probe")

    private static func probe(_ kind: LinkKind, on socket: NetlinkSocket) throws(NetlinkError) {
        guard let probeName else { return }
        let link = try socket.createLink(LinkRequest(name: probeName, kind: kind))
        try socket.deleteLink(link.index)
    }

    private static func makeDirectories(_ paths: AgentPaths) throws(PreflightError) {
        do throws(SystemCallError) {
            try Files.createDirectory(paths.state, mode: 0o700)
            // A service manager that made it lets everybody list it. The files are their owner's only in any case, so
            // that a file system which is read-only is no reason not to start.
            try? Files.setMode(0o700, of: paths.state)
            try Files.createDirectory(paths.run, mode: 0o755)
        } catch {
            throw .directory("\(error)")
        }
    }
}

/// What is missing.
enum PreflightError: Error, CustomStringConvertible {
    case privilege(LinuxCapability)
    case feature(String, String)
    case directory(String)

    var description: String {
        switch self {
        case .privilege(let capability): "\(capability) is missing: run as root, or give the service that capability"
        case .feature(let name, let error): "this kernel cannot do \(name), which the agent needs: \(error)"
        case .directory(let error): "a directory cannot be made: \(error); see --state-dir and --run-dir"
        }
    }
}
