import LinuxSystem
import Netlink
import NetworkTypes

// What is no longer needed.

extension OverlayPass {
    /// Takes away what we made, files first, so that no runtime starts a pod on a network that is about to go.
    mutating func removeAll(_ configuration: OverlayConfiguration) {
        mayAnnounce = false
        do throws(SystemCallError) {
            if try kernel.readFile(configuration.networkListFile) != nil {
                changes += 1
                try kernel.removeFile(configuration.networkListFile)
                // flannel's name, but with our configuration beside it ours.
                try kernel.removeFile(configuration.subnetFile)
            }
        } catch {
            causes.append(.system(error))
        }
        for family in AddressFamily.allCases { compare(PeerContents(), family, on: PeerLinks()) }
        removeStaleTunnels(keeping: [])
        for bridge in links where bridge.kind == .bridge && bridge.alias == OverlayNames.alias { remove(bridge) }
    }

    /// Takes away the tunnels that we made under another configuration.
    mutating func removeStaleTunnels(keeping names: [LinkName]) {
        let stale = links.filter { link in
            guard case .vxlan = link.kind else { return false }
            return link.alias == OverlayNames.alias && !names.contains(link.name)
        }
        for link in stale { remove(link) }
    }

    /// Deletes a link that we made, unless somebody else uses it by now.
    private mutating func remove(_ link: Link) {
        let users = links.filter { other in
            other.master == link.index || (other.parent == link.index && other.peerNamespaceID == nil)
        }
        guard users.isEmpty, link.master == nil else {
            let names = users.map(\.name.rawValue).sorted().joined(separator: ", ")
            let use =
                users.isEmpty ? "it is a port of another link" : "\(names) \(users.count == 1 ? "uses" : "use") it"
            self.users.formUnion(users.map(\.index) + [link.index])
            complaints.append(
                "\(link.name) is no longer needed and stays, since \(use): linnet reset --force removes it"
            )
            return
        }
        perform([.deleteLink(.index(link.index))])
    }
}
