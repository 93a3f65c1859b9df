import ClusterState
import EtcdSource
import LinuxSystem
import Logging
import NetworkTypes
import Overlay
import Supervision
import Synchronization

/// What an agent with etcd is made of beside the rest.
struct EtcdParts: Sendable {
    let client: EtcdClient
    let source: EtcdSource
    let registry: EtcdLeaseRegistry
    private let instanceFile: NodeInstanceFile
    private let instance: String

    init(
        _ settings: EtcdSettings,
        _ configuration: AgentConfiguration,
        node: NodeName,
        ending recomposition: Recomposition,
        reading read: @escaping @Sendable (NetworkRules?) throws -> AgentConfiguration
    ) {
        client = EtcdClient(
            EtcdConnection(
                endpoints: settings.endpoints,
                authorityFile: settings.authorityFile,
                certificateFile: settings.certificate?.certificateFile,
                keyFile: settings.certificate?.keyFile,
                account: settings.account.map { .init(user: $0.user, passwordFile: $0.passwordFile) }
            )
        )
        let keys = EtcdKeys(prefix: settings.prefix)
        let view = EtcdView()
        source = EtcdSource(client: client, keys: keys, ownName: node, view: view)
        let judge = RulesJudge(configuration: configuration, prefix: settings.prefix, recomposition, read)
        instanceFile = NodeInstanceFile(stateDirectory: configuration.paths.state)
        instance = instanceFile.loadOrMake()
        registry = EtcdLeaseRegistry(
            client: client,
            keys: keys,
            view: view,
            instance: instance,
            agreement: .init(initial: configuration.initialRules, kept: judge.kept) { judge.verdict(on: $0) },
            subnetFile: configuration.paths.subnetFile
        )
    }

    /// Writes again which machine this is, if that was removed.
    func keepInstance() throws(SystemCallError) { try instanceFile.keep(instance) }
}

/// Compares the network's configuration in etcd with what this agent was composed of.
private final class RulesJudge: Sendable {
    private let configuration: AgentConfiguration
    private let prefix: String
    private let recomposition: Recomposition
    private let read: @Sendable (NetworkRules?) throws -> AgentConfiguration
    private let hasAgreed = Atomic(false)
    private let logger = Logger(label: "linnet.lease")

    init(
        configuration: AgentConfiguration,
        prefix: String,
        _ recomposition: Recomposition,
        _ read: @escaping @Sendable (NetworkRules?) throws -> AgentConfiguration
    ) {
        self.configuration = configuration
        self.prefix = prefix
        self.recomposition = recomposition
        self.read = read
    }

    /// What the last run worked by, if this one was composed with it.
    var kept: String? {
        let rules = NetworkRulesFile(stateDirectory: configuration.paths.state, prefix: prefix).load()
        return rules.flatMap { rules in (try? composition(by: rules)) == configuration ? rules.text : nil }
    }

    func verdict(on text: String) -> EtcdLeaseRegistry.Verdict {
        let rules = NetworkRules(prefix: prefix, text: text)
        let wanted: AgentConfiguration
        do {
            wanted = try composition(by: rules)
        } catch {
            // A node that works is not ended by what somebody writes, and none is by what makes no sense at all: that is
            // mended in etcd. One that starts cannot work by flags and by rules that contradict each other.
            if !hasAgreed.load(ordering: .relaxed), rules.isReadable, let error = error as? ConfigurationError {
                recomposition.end(with: .fail(error))
            }
            return .refused("\(error)")
        }
        save(text)
        guard wanted == configuration else {
            logger.log(.notice, "the network's configuration in etcd is taken up", [.source: rules.place])
            recomposition.end(with: .adopt(wanted))
            return .adopted
        }
        hasAgreed.store(true, ordering: .relaxed)
        return .agreed
    }

    private func composition(by rules: NetworkRules) throws -> AgentConfiguration {
        let read = try self.read(rules)
        var wanted = configuration
        wanted.network = read.network
        wanted.flannel = read.flannel
        wanted.notices = read.notices
        return wanted
    }

    private func save(_ text: String) {
        let file = NetworkRulesFile(stateDirectory: configuration.paths.state, prefix: prefix)
        do throws(SystemCallError) {
            try file.save(text)
        } catch {
            logger.log(.warning, "the network's configuration cannot be kept", [.error: "\(error)"])
        }
    }
}

extension AgentParts {
    /// What the cluster's nodes share, as it was last seen.
    var rules: NetworkRules? {
        guard case .etcd(let settings) = configuration.source else { return nil }
        return NetworkRulesFile(stateDirectory: configuration.paths.state, prefix: settings.prefix).load()
    }
}

extension AgentConfiguration {
    /// What `<prefix>/config` is created with where it is missing; nil if this node has no backend to name.
    var initialRules: String? {
        var members: [String] = []
        if let v4 = network.clusterCIDRs.v4 {
            members.append("\"Network\":\"\(v4)\"")
        } else {
            members.append("\"EnableIPv4\":false")
        }
        if let v6 = network.clusterCIDRs.v6 { members += ["\"EnableIPv6\":true", "\"IPv6Network\":\"\(v6)\""] }
        members += flannel.subnetMembers
        var backend = ["\"Type\":\"\(flannel.backend.flannelName)\""]
        switch flannel.backend {
        case .none: return nil
        case .hostGateway: break
        case .vxlan(let options):
            let usual = VXLANOptions()
            if options.vni != usual.vni { backend.append("\"VNI\":\(options.vni)") }
            if options.port != usual.port { backend.append("\"Port\":\(options.port)") }
            if let mtu = options.mtu { backend.append("\"MTU\":\(mtu)") }
            if options.gbp { backend.append("\"GBP\":true") }
            if options.learning { backend.append("\"Learning\":true") }
            if options.directRouting { backend.append("\"DirectRouting\":true") }
        }
        return "{\(members.joined(separator: ",")),\"Backend\":{\(backend.joined(separator: ","))}}"
    }
}
