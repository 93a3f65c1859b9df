import ClusterFixtures
import ClusterState
import HTTPWire
import NIOSSL
import NetworkTypes
import Testing

@testable import Ingress
@testable import LinuxSystem

/// A worker that is served round by round on the thread of the test, its clients and its one endpoint.
///
/// `web.example` leads to the endpoint.
final class WorkerBench {
    private var loop: StreamLoop<ProxyWorker>
    let mailbox = ProxyMailbox(ProxyLetter())
    let endpoint: TestEndpoint
    private let port: UInt16
    private(set) var clients: [TestSocket] = []

    /// - Parameters:
    ///   - appProtocol: what the Service says that its endpoint speaks.
    ///   - budget: how many connections it may have.
    ///   - isNarrow: whether the kernel keeps next to nothing of what is sent to clients. Else it may keep 400 KB.
    ///   - change: changes the Ingress; what it returns is in the cluster, too.
    init(
        _ endpoint: TestEndpoint,
        _ appProtocol: String?,
        limits: ProxyLimits = ProxyLimits(),
        budget: ConnectionBudget = ConnectionBudget(all: 2_000, clients: 1_000),
        isNarrow: Bool = false,
        _ change: (inout ClusterState.Ingress) -> [ClusterObject] = { _ in [] }
    ) throws {
        self.endpoint = endpoint
        let socket = try PacketPorts.openServer(.stream, [127, 0, 0, 1], port: 0)
        port = TestSocket.port(of: socket.rawValue)
        try TestSocket.limitSending(socket.rawValue, to: isNarrow ? 4_096 : 200_000)
        let store = try CertificateStore(standard: TestCertificates.make("a.example"), protocols: ["h2", "http/1.1"])
        let start = ProxyStart(
            table: try Self.table(endpoint.port, appProtocol, change),
            limits: limits,
            budget: budget,
            shortages: Shortages(),
            troubles: EndpointTroubles(),
            certificates: store.context,
            trust: try UpstreamContexts(authorities: .certificates([])),
            peers: PeerTrust(),
            earlyClients: EarlyClients(),
            node: "n",
            memory: RuleMemory(),
            passwords: PasswordQueue()
        )
        loop = try StreamLoop(ProxyWorker(start, mailbox))
        mailbox.put { $0.opened.append(ProxyServerSocket(descriptor: socket, entryPoint: .web)) }
        try turn()
    }

    static func table(
        _ port: UInt16,
        _ appProtocol: String?,
        _ change: (inout ClusterState.Ingress) -> [ClusterObject] = { _ in [] }
    ) throws -> RouteTable {
        let node = try #require(NodeName(rawValue: "n"))
        let metadata = ObjectMetadata(name: "web", namespace: "default")
        var ingress = ClusterState.Ingress(metadata: metadata)
        ingress.className = "linnet"
        let backend = IngressBackend.service(name: "web", port: .number(80))
        let path = IngressPath(path: "/", match: .prefix, backend: backend)
        ingress.rules = [IngressRule(host: "web.example", paths: [path])]
        let others = change(&ingress)
        var service = Service(metadata: metadata)
        service.ports = [ServicePort(port: 80, appProtocol: appProtocol)]
        let slice = EndpointSlice(
            metadata: ObjectMetadata(
                name: "web",
                namespace: "default",
                labels: [EndpointSlice.serviceNameLabel: "web"]
            ),
            family: .ipv4,
            endpoints: [Endpoint(addresses: [.v4(IPv4Address(127, 0, 0, 1))])],
            ports: [EndpointPort(port: port)]
        )
        let store = SnapshotStore(sourceDescription: "a test", ownName: node)
        let objects: [ClusterObject] = [.ingress(ingress), .service(service), .endpointSlice(slice)] + others
        store.apply(.replace(kinds: RouteTable.neededKinds, with: objects), confirmedAt: 0)
        var table = RouteTable(RouteConfiguration(classes: ["linnet"], node: node))
        _ = table.update(store.current, changed: .everything)
        return table
    }

    // MARK: - Clients

    /// Somebody who connects and asks.
    @discardableResult
    func ask(_ text: String = "GET / HTTP/1.1\r\nHost: web.example\r\n\r\n") throws -> TestSocket {
        let client = try TestSocket.connecting(to: port)
        clients.append(client)
        client.send(text)
        return client
    }

    /// Somebody who connects, and is read by the test alone.
    func connect(isNarrow: Bool) throws -> TestSocket { try TestSocket.connecting(to: port, isNarrow: isNarrow) }

    /// The statuses that clients got, in the order in which they came; nil for those that got none yet.
    var statuses: [Int?] {
        clients.map { client in
            let text = String(decoding: client.received, as: UTF8.self)
            return text.hasPrefix("HTTP/1.1 ") ? Int(text.dropFirst(9).prefix(3)) : nil
        }
    }

    // MARK: - Rounds

    /// One round of the worker.
    ///
    /// - Parameter longest: how many milliseconds it may wait for something to happen.
    func workerTurn(waiting longest: Int32 = 0) { _ = loop.turn(waiting: longest) { false } }

    /// One round of everybody.
    func turn(waiting longest: Int32 = 0) throws {
        workerTurn(waiting: longest)
        try endpoint.turn()
        for client in clients { client.read() }
    }

    /// Rounds until something is so, or seconds have gone without it.
    func turn(until isSo: () -> Bool, _ location: SourceLocation = #_sourceLocation) throws {
        let end = ContinuousClock.now + .seconds(20)
        while !isSo() {
            try #require(ContinuousClock.now < end, "it does not come about", sourceLocation: location)
            try turn(waiting: 10)
        }
    }

    /// As many rounds as anything needs that follows from what was done.
    func settle() throws {
        for _ in 0..<20 { try turn(waiting: 2) }
    }

    /// What the worker has.
    func withWorker<Result>(_ body: (borrowing ProxyWorker) -> Result) -> Result { body(loop.service) }
}
