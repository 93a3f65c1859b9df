import ClusterDNS
import Ingress
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
    let nameServers: NameServerChoice
    let ingressClasses: IngressClassChoice
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
            nameServers.change(to: new.nameServers)
            ingressClasses.change(to: Set(new.ingress.classes))
            for change in running.changes(to: new) { report(change) }
        } catch {
            logger.log(
                .error,
                "configuration cannot be used; the old one stays",
                [.error: "\(error)"],
                event: .configurationRefused
            )
        }
    }

    private func report(_ change: SettingChange) {
        switch change.effect {
        case .applied: break
        case .atRestart:
            logger.log(
                .warning,
                "a changed setting needs a restart",
                [.setting: change.setting],
                event: .restartNeeded
            )
        }
    }
}
