import Netlink
import Nftables

/// What the commands of CNI do on this node. Each needs no more than its configuration and the kernel: no agent.
package struct PodNetworkPlugin: Sendable {
    let configuration: CNIConfiguration
    let kernel: NodeKernel
    let addresses: AddressStore
    let hostPorts: HostPorts
    /// Told what could not be done without making the command fail.
    let warn: @Sendable (String) -> Void

    package init(
        _ configuration: CNIConfiguration,
        kernel: NodeKernel,
        warn: @escaping @Sendable (String) -> Void
    ) {
        self.warn = warn
        self.configuration = configuration
        self.kernel = kernel
        addresses = AddressStore(dataDirectory: configuration.dataDirectory, network: configuration.network)
        hostPorts = HostPorts(
            directory: configuration.hostPortDirectory,
            bridge: configuration.bridge,
            kernel: kernel
        ) { () throws(NftablesError) in try kernel.openNftables() }
    }

    /// The bridge that the agent made. It is not made here, because the agent would find a bridge it does not know.
    func bridge() throws(CNIError) -> Link {
        let found: Link?
        do throws(NetlinkError) {
            found = try kernel.network.link(named: configuration.bridge)
        } catch {
            throw CNIError("find the bridge", error, code: .kernel)
        }
        guard let bridge = found else {
            throw CNIError(
                .tryAgainLater,
                "\(configuration.bridge) is not there yet",
                details: "the agent makes it once the overlay is ready (linnet status)"
            )
        }
        guard bridge.kind == .bridge else {
            throw CNIError(
                .invalidConfiguration,
                "\(configuration.bridge) is no bridge but \(bridge.kind.name.isEmpty ? "hardware" : bridge.kind.name)",
                details: "rename or remove that interface: the agent makes a bridge of that name"
            )
        }
        return bridge
    }
}

// MARK: - STATUS

extension PodNetworkPlugin {
    /// Throws what keeps pods from being attached.
    package func status() throws(CNIError) {
        do throws(CNIError) {
            _ = try NodeSubnet.read(configuration.subnetFile)
            let bridge = try bridge()
            guard bridge.isUp else {
                throw CNIError(
                    .notAvailable,
                    "\(bridge.name) is down",
                    details: "the agent brings it up (linnet status)"
                )
            }
        } catch {
            throw CNIError(.notAvailable, error.message, details: error.details)
        }
    }
}
