import LinuxSystem
import Netlink

extension PodNetworkPlugin {
    /// Takes away what ADD made, or as much of it as there is. Nothing that is missing is an error.
    ///
    /// - Parameter namespace: the file of the container's namespace, if the runtime still knows one.
    package func delete(_ attachment: CNIAttachment, namespace: String?) throws(CNIError) {
        // First of all: nobody is sent to a pod that is going.
        for shortcoming in try hostPorts.release(attachment) { warn(shortcoming) }
        do {
            if let link = try kernel.hostLink(of: attachment) {
                try kernel.remove(link)
            } else if let namespace {
                try removeAdopted(attachment, namespace)
            }
        } catch {
            throw CNIError(
                "detach \(attachment.container)",
                error,
                code: .kernel,
                details: "its addresses stay reserved until DEL succeeds"
            )
        }
        // Not before: another pod could get an address that the first one still has.
        try addresses.release(attachment)
    }

    /// Pods that CNI's `bridge` plugin attached have a host's end of any name: it goes with the pod's end.
    private func removeAdopted(_ attachment: CNIAttachment, _ path: String) throws {
        guard let network = try openIfThere(path) else { return }
        guard let link = try network.link(named: attachment.interface), link.kind == .veth else { return }
        do {
            try network.deleteLink(link.index)
        } catch  where error.isMissing {}
    }

    /// Nil where there is no namespace any longer: there is no cable then.
    private func openIfThere(_ path: String) throws -> NetlinkSocket? {
        do {
            return try Pod(path, besides: kernel).open()
        } catch {
            switch error {
            case let error as CNIError where error.code == .unknownContainer || error.code == .invalidNamespace:
                return nil
            // The file is still there, but no namespace is mounted on it.
            case let error as SystemCallError where error.errno == .invalidArgument:
                return nil
            default:
                throw error
            }
        }
    }
}

// MARK: - GC

extension PodNetworkPlugin {
    /// Takes away every attachment of this network that the runtime does not name. Goes on after failures and throws
    /// them together.
    package func collectGarbage() throws(CNIError) {
        guard let valid = configuration.validAttachments else {
            throw CNIError(
                .invalidConfiguration,
                "the configuration for GC has no 'cni.dev/valid-attachments'",
                details: "without it every pod of the node would be taken for garbage"
            )
        }
        var failures: [String] = []
        do throws(CNIError) {
            let shortcomings = try hostPorts.releaseAll(of: configuration.network, except: valid)
            for shortcoming in shortcomings { warn(shortcoming) }
        } catch {
            failures.append("\(error)")
        }
        do {
            for link in try garbage(valid) {
                do { try kernel.remove(link) } catch { failures.append("\(link.name): \(error)") }
            }
        } catch {
            failures.append("\(error)")
        }
        do throws(CNIError) {
            // An address whose cable is still there is not free.
            if failures.isEmpty { try addresses.releaseAll(except: valid) }
        } catch {
            failures.append("\(error)")
        }
        guard failures.isEmpty else {
            throw CNIError(.kernel, "collect garbage of \(configuration.network): \(failures.joined(separator: "; "))")
        }
    }

    /// The host's ends of attachments that are not valid. Others' links are others' garbage.
    private func garbage(_ valid: [CNIAttachment]) throws -> [Link] {
        let names = Set(valid.map { HostLink.name(of: $0) })
        // A link of ours without our alias is what an ADD that was killed left, and it has an owner in the files.
        let known = Set(try addresses.reservations().compactMap(\.attachment).map { HostLink.name(of: $0) })
        let bridge = try kernel.network.link(named: configuration.bridge)
        return try kernel.network.links().filter { link in
            guard link.kind == .veth, !names.contains(link.name) else { return false }
            guard let alias = link.alias else { return known.contains(link.name) }
            return alias.hasPrefix(HostLink.prefix) && link.master == bridge?.index
        }
    }
}
