import LinuxSystem
import Netlink
import NetworkTypes
import Nftables
import NodeRuleset
import Overlay
import PodNetwork

/// `linnet reset`: takes back what Linnet made, and says what it left.
package enum ResetCommand {
    /// - Parameter force: whether pods on the bridge are no reason to refuse.
    package static func run(_ configuration: AgentConfiguration, force: Bool) -> ExitCode {
        do {
            let lock = try AbstractSocketLock.acquire(NamespaceLock.name)
            defer { withExtendedLifetime(lock) {} }
            let socket = configuration.paths.statusSocket
            if (try? UnixConnection.connect(to: socket)) != nil {
                StandardError.print(
                    "linnet reset: the agent of another network namespace answers at \(socket): stop it first"
                )
                return .unavailable
            }
            return try reset(configuration, force: force)
        } catch let error as SystemCallError where error.errno == .addressInUse {
            StandardError.print("linnet reset: an agent runs in this network namespace: \(NamespaceTaken())")
            return .unavailable
        } catch {
            StandardError.print("linnet reset: \(error)")
            return .unavailable
        }
    }

    private static func reset(_ configuration: AgentConfiguration, force: Bool) throws -> ExitCode {
        let netlink = try NetlinkSocket.open()
        let nftables = try NftablesSocket.open()
        let facts = try ResetFacts.gather(configuration, netlink, nftables)
        let plan = ResetPlan(facts, names: configuration.ownedNames, force: force)
        if let refusal = plan.refusal {
            StandardError.print("linnet reset: \(refusal)")
            return .unavailable
        }
        var failures: [String] = []
        for step in plan.steps {
            do {
                try take(step, netlink, nftables)
                print("removed \(step)")
            } catch let error as SystemCallError where error.errno == .notEmpty {
                print("left: \(step) is not empty")
            } catch {
                failures.append("\(step): \(error)")
            }
        }
        if plan.steps.isEmpty { print("there was nothing to remove") }
        for sentence in plan.left { print("left: \(sentence)") }
        for failure in failures { StandardError.print("linnet reset: \(failure)") }
        return failures.isEmpty ? .success : .internalError
    }

    private static func take(_ step: ResetStep, _ netlink: NetlinkSocket, _ nftables: NftablesSocket) throws {
        switch step {
        case .deleteTable(let name): _ = try TableRemoval.run(Table(name), on: nftables)
        case .deleteRoute(let route): try netlink.deleteRoute(route)
        case .deleteAddress(let address): try netlink.deleteAddress(address)
        case .deleteLink(let link): try netlink.deleteLink(link.index)
        case .closeLocalhost(let link): try Sysctl.write("0", to: LocalhostRouting.setting(of: link))
        case .removeFile(let path): try Files.remove(path)
        case .removeEmptyDirectory(let path): try Files.removeDirectory(path)
        }
    }
}

extension AgentConfiguration {
    /// The names under which this configuration makes things.
    var ownedNames: OwnedNames {
        let vni = vxlan?.vni ?? 1
        return OwnedNames(
            tunnels: [OverlayNames.tunnel(.ipv4, vni: vni), OverlayNames.tunnel(.ipv6, vni: vni)],
            bridge: OverlayNames.bridge,
            alias: OverlayNames.alias
        )
    }
}
