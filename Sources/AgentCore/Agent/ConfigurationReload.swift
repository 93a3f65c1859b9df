import Logging
import ServiceLifecycle
import Supervision
import Systemd

/// Reads the configuration again on SIGHUP: applies what can be applied and names the rest.
struct ConfigurationReload: Service {
    /// What the agent was started with.
    let running: AgentConfiguration
    /// SIGHUP.
    let requests: ReloadRequests
    let read: @Sendable () throws -> AgentConfiguration
    let manager: ServiceManager
    /// Another composition of the agent follows: it does not stop then.
    let recomposition: Recomposition
    let logger: Logger

    func run() async throws {
        for await _ in requests.subscribe().cancelOnGracefulShutdown() { reload() }
        if case .adopt = recomposition.outcome { return }
        manager.stopping()
    }

    private func reload() {
        manager.reloading()
        defer { manager.started() }
        do {
            let new = try read()
            LogSystem.level.current = new.log.level
            logger.log(
                .notice,
                "configuration read again",
                [.setting: "log-level \(new.log.level)"],
                event: .configurationReloaded
            )
            for setting in running.settingsThatNeedRestart(to: new) {
                logger.log(.warning, "a changed setting needs a restart", [.setting: setting], event: .restartNeeded)
            }
        } catch {
            logger.log(
                .error,
                "configuration cannot be used; the old one stays",
                [.error: "\(error)"],
                event: .configurationRefused
            )
        }
    }
}

extension AgentConfiguration {
    /// The groups of settings that differ and are only read at start.
    func settingsThatNeedRestart(to new: AgentConfiguration) -> [String] {
        let groups: [(String, Bool)] = [
            ("node-name, node-ip, node-external-ip", node != new.node),
            ("manifests, kubeconfig, etcd-*", source != new.source),
            ("cluster-*, service-*", network != new.network),
            ("flannel-*", flannel != new.flannel),
            ("disable", disabled != new.disabled),
            ("*-dir, subnet-file", paths != new.paths),
            ("metrics-address", metricsAddresses != new.metricsAddresses),
            ("audit-interval", auditInterval != new.auditInterval),
            ("log-format", log.format != new.log.format),
        ]
        return groups.filter(\.1).map(\.0)
    }
}
