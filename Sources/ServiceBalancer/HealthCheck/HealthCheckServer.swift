package import ClusterState
import LinuxSystem
package import Logging
import NetworkTypes
import PlainHTTP
import Supervision
import Synchronization

/// Answers the health checks of services, each on its port of all addresses of this node, all on one thread.
package final class HealthCheckServer: Sendable {
    private struct State {
        var plans: [NamespacedName: HealthCheckPlan] = [:]
        /// Whose health check is answered on which port: the plan gives each to one service.
        var ports: [UInt16: NamespacedName] = [:]
        var isProxyHealthy = false
        /// The ports that are listened on, or tried; each is left when its stream is finished.
        var open: [UInt16: AsyncStream<Void>.Continuation] = [:]
        /// What was said of services whose port cannot be had.
        var complaints: [NamespacedName: String] = [:]
    }

    private let node: NodeName
    private let outbox: any Outbox
    private let threadName: String
    private let limits = HTTPLimits()
    private let retry: Duration
    private let logger: Logger
    private let state = Mutex(State())
    private let news = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// - Parameters:
    ///   - outbox: is told whose port cannot be had.
    ///   - threadName: at most 15 bytes: whose a crash in it is.
    ///   - retry: how long after a port could not be had it is tried again.
    package init(
        node: NodeName,
        outbox: any Outbox,
        threadName: String,
        retry: Duration = .seconds(10),
        logger: Logger
    ) {
        self.node = node
        self.outbox = outbox
        self.threadName = threadName
        self.retry = retry
        self.logger = logger
    }

    /// Takes what is to be answered from now on.
    ///
    /// - Parameter isProxyHealthy: whether the rules that the plans are of are in place.
    package func update(_ plans: [NamespacedName: HealthCheckPlan], isProxyHealthy: Bool) {
        let isNews = state.withLock { state in
            state.isProxyHealthy = isProxyHealthy
            guard state.plans != plans else { return false }
            state.plans = plans
            let former = state.ports
            state.ports = Dictionary(plans.map { ($0.value.port, $0.key) }, uniquingKeysWith: min)
            state.complaints = state.complaints.filter { plans[$0.key] != nil }
            return state.ports != former
        }
        if isNews { news.continuation.yield() }
    }

    /// Opens and closes ports as they are wanted, until the task is cancelled. To be run once.
    package func run() async {
        var thread: ServingThread?
        await withDiscardingTaskGroup { group in
            for await _ in news.stream {
                for (port, closing) in turn() {
                    // Most clusters have no such service, and no thread for them.
                    let serving = thread ?? ServingThread(named: threadName)
                    thread = serving
                    group.addTask {
                        await self.keep(port, on: serving, until: closing)
                        self.state.withLock { _ = $0.open.removeValue(forKey: port) }
                        // It may be wanted again since.
                        self.news.continuation.yield()
                    }
                }
            }
            group.cancelAll()
        }
        await thread?.shutDown()
    }

    /// Leaves ports that are not wanted any more. Returns those to open, and what ends when they are to be left.
    private func turn() -> [(port: UInt16, closing: AsyncStream<Void>)] {
        state.withLock { state in
            for (port, closing) in state.open where state.ports[port] == nil { closing.finish() }
            return state.ports.keys.filter { state.open[$0] == nil }.map { port in
                let (stream, continuation) = AsyncStream.makeStream(of: Void.self)
                state.open[port] = continuation
                return (port, stream)
            }
        }
    }

    private func keep(_ port: UInt16, on thread: ServingThread, until closing: AsyncStream<Void>) async {
        await withTaskGroup { group in
            group.addTask { for await _ in closing {} }
            group.addTask { await self.serve(port, on: thread) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Serves a port, again and again if it cannot be had, until the task is cancelled.
    private func serve(_ port: UInt16, on thread: ServingThread) async {
        var everywhere = IPAddress.v6(IPv6Address(rawValue: 0))
        while !Task.isCancelled {
            let address = ListenAddress(address: everywhere, port: port)
            let listener = HTTPListener(address, limits, on: thread) { [self] _, _ in answer(port) }
            do {
                try await listener.run { self.have(port) }
            } catch let failure as ListenFailure
                where failure.errno != .addressInUse
                && everywhere.family == .ipv6
            {
                // IPv6 is not there, or switched off.
                everywhere = .v4(IPv4Address(rawValue: 0))
                continue
            } catch {
                guard !Task.isCancelled, let service = state.withLock({ $0.ports[port] }) else { return }
                await complain(service, port, "\(error)")
            }
            try? await Task.sleep(for: retry)
        }
    }

    private func answer(_ port: UInt16) -> HTTPAnswer {
        state.withLock { state in
            guard let service = state.ports[port], let plan = state.plans[service] else {
                return HTTPAnswer(.notFound, "no service has this port any more\n")
            }
            return HealthCheckAnswer(
                service: service,
                localEndpoints: plan.localEndpoints,
                isProxyHealthy: state.isProxyHealthy
            ).http
        }
    }

    /// The port is listened on.
    private func have(_ port: UInt16) {
        state.withLock { state in
            if let service = state.ports[port] { state.complaints[service] = nil }
        }
    }

    /// Says once why a service's port cannot be had.
    private func complain(_ service: NamespacedName, _ port: UInt16, _ reason: String) async {
        let isNews = state.withLock { state in
            guard state.complaints[service] != reason else { return false }
            state.complaints[service] = reason
            return true
        }
        guard isNews else { return }
        logger.log(
            .warning,
            "a service's health check cannot be answered",
            [.object: "\(service)", .address: "port \(port)", .error: reason, .retryDelay: retry.inSeconds]
        )
        await outbox.record(
            ClusterEvent(
                .warning,
                "FailedToStartServiceHealthcheck",
                of: ObjectKey(.service, service),
                "node \(node) failed to start healthcheck \"\(service)\" on port \(port): \(reason)"
            )
        )
    }
}
