import ClusterState
import Logging
import NetworkTypes
import Supervision
import Synchronization

/// Keeps what the ConfigMap `coredns-custom` wants done, as the newest snapshot has it, and says what of it is not.
final class CustomKeeper: Sendable {
    private struct State {
        var keys: CustomKeys
        var isRead = false
        /// How often there was something new that could not be read.
        var failures: UInt64 = 0
    }

    /// The most that the log has of one change; how many more there are is in it, too.
    private static let mostLogged = 100

    private let custom: NamespacedName
    private let nodeHosts: NamespacedName
    private let state: Mutex<State>
    private let logger: Logger

    /// - Parameter own: where we answer ourselves.
    init(_ configuration: ClusterDNSConfiguration, own: Set<IPAddress>, logger: Logger) {
        custom = configuration.custom
        nodeHosts = configuration.nodeHosts
        state = Mutex(State(keys: CustomKeys(own: own)))
        self.logger = logger
    }

    /// Takes a snapshot. Returns what is to be done if it is something else than before.
    func take(_ snapshot: ClusterSnapshot, changed: ChangedKeys) -> CustomConfiguration? {
        let data = snapshot.configMaps[custom]?.data ?? [:]
        let hosts = snapshot.configMaps[nodeHosts]?.data[DNSZone.nodeHostsKey] ?? ""
        let news = state.withLock { state in
            let mayDiffer = changed.mayConcern { key in
                key.kind == .configMap && [custom, nodeHosts].contains(key.namespacedName)
            }
            guard !state.isRead || mayDiffer else { return nil as News? }
            state.isRead = true
            let (configuration, complaints) = (state.keys.configuration, state.keys.complaints)
            guard state.keys.take(data, nodeHosts: hosts) else { return nil }
            let known = Set(complaints)
            let news = state.keys.complaints.filter { !known.contains($0) }
            if news.contains(where: { $0.weight == .fault }) { state.failures += 1 }
            return News(
                configuration: configuration == state.keys.configuration ? nil : state.keys.configuration,
                complaints: news,
                keptKeys: state.keys.keptKeys
            )
        }
        guard let news else { return nil }
        for complaint in news.complaints.prefix(Self.mostLogged) {
            log(complaint, keepsFormer: news.keptKeys.contains(complaint.key))
        }
        let rest = news.complaints.count - Self.mostLogged
        if rest > 0 { logger.log(.warning, "more lines cannot be used", [.file: custom.name, .changes: "\(rest)"]) }
        return news.configuration
    }

    /// What is done now.
    var configuration: CustomConfiguration { state.withLock(\.keys.configuration) }

    /// For metrics.
    var figures: ReloadFigures {
        let (texts, failures) = state.withLock { ($0.keys.effectiveTexts, $0.failures) }
        return ReloadFigures(hash: ReloadFigures.hash(of: texts), failures: failures)
    }

    private struct News {
        let configuration: CustomConfiguration?
        let complaints: [CustomComplaint]
        /// The keys that go on as they were before.
        let keptKeys: [String]
    }

    private func log(_ complaint: CustomComplaint, keepsFormer: Bool) {
        let values: [LogKey: String] = [.file: "\(custom.name)/\(complaint.key)", .error: complaint.description]
        switch complaint.weight {
        case .effectless: logger.log(.info, "a directive has no effect here", values)
        case .unsupported: logger.log(.warning, "a directive is not supported, and left out", values)
        case .fault where keepsFormer:
            logger.log(.warning, "a directive cannot be read: what the key said before stays", values)
        case .fault: logger.log(.warning, "a directive cannot be read: what else the key says counts", values)
        }
    }

    /// What is wrong, for people; nil if nothing is.
    var complaint: String? {
        state.withLock { state in
            let complaints = state.keys.complaints.filter { $0.weight != .effectless }
            guard !complaints.isEmpty else { return nil }
            let kept = state.keys.keptKeys.map { ", of \($0) as it was before" }.joined()
            return "ConfigMap \(custom): \(complaints.firstFew()) (what is understood counts\(kept))"
        }
    }
}
