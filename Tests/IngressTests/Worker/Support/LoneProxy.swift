import ClusterFixtures
import ClusterState
import HTTPPeers
import LinuxSystem
import NIOSSL
import NetworkTypes
import Testing

@testable import Ingress

/// One thread of the proxy on the loopback, which leads `web.test` to a backend there. The test decides every octet of clients
/// and backend, and how long the proxy waits.
struct LoneProxy {
    let http: ListenAddress
    let https: ListenAddress
    let backend: PeerListener
    private let mailbox: ProxyMailbox

    /// - Parameters:
    ///   - announced: whether connections may begin by naming a client.
    ///   - forwarders: proxies in front of it.
    ///   - budget: how many connections it may have.
    ///   - change: of the limits.
    static func with(
        announced: Bool = false,
        forwarders: TrustedPeers = TrustedPeers(),
        budget: ConnectionBudget = ConnectionBudget(all: 2_000, clients: 1_000),
        _ change: (inout ProxyLimits) -> Void,
        _ body: (LoneProxy) async throws -> Void
    ) async throws {
        let (place, backend) = try atFreePort { try PeerListener(on: $0) }
        let (http, server) = try atFreePort(serverSocket)
        let (https, secureServer) = try atFreePort(serverSocket)
        var limits = ProxyLimits()
        // Nobody is waited for when the test is over.
        limits.drain = .seconds(0)
        change(&limits)
        let certificates = try CertificateStore(standard: TestCertificates.make("web.test"), protocols: ["http/1.1"])
        let start = ProxyStart(
            table: table(place.port),
            limits: limits,
            budget: budget,
            shortages: Shortages(),
            troubles: EndpointTroubles(),
            certificates: certificates.context,
            trust: try UpstreamContexts(authorities: .certificates([])),
            peers: PeerTrust(announcers: TrustedPeers(trustsAll: announced), forwarders: forwarders),
            earlyClients: EarlyClients(),
            node: "n",
            memory: RuleMemory(),
            passwords: PasswordQueue()
        )
        let mailbox = ProxyMailbox(ProxyLetter())
        let thread = try LoopThread.start(name: "proxy") { ProxyWorker(start, mailbox) }
        mailbox.attach(thread)
        mailbox.put {
            $0.opened.append(ProxyServerSocket(descriptor: server, entryPoint: .web))
            $0.opened.append(ProxyServerSocket(descriptor: secureServer, entryPoint: .websecure))
        }
        do {
            try await body(LoneProxy(http: http, https: https, backend: backend, mailbox: mailbox))
        } catch {
            await thread.stop()
            throw error
        }
        await thread.stop()
    }

    /// What it has counted so far.
    func traffic() async throws -> Traffic {
        let report = await withCheckedContinuation { continuation in
            mailbox.put { $0.questions.append(LoopQuestion { continuation.resume(returning: $0) }) }
        }
        return try #require(report).traffic
    }

    func client() throws -> PeerConnection { try PeerConnection(to: http) }

    /// The same, which has sent the preface of HTTP/2 and these frames.
    func client(_ frames: PeerFrame...) throws -> PeerConnection {
        let client = try client()
        client.send(PeerFrame.preface + frames.flatMap(\.octets))
        return client
    }

    private static func table(_ port: UInt16) -> RouteTable {
        var cluster = RouteCluster("Prefix web.test/ > web")
        cluster.slices = [
            fixtureSlice(
                of: "shop/web",
                [fixtureEndpoint("127.0.0.1")],
                ports: [EndpointPort(name: "http", port: port)]
            )
        ]
        return cluster.table
    }

    private static func serverSocket(_ place: ListenAddress) throws -> SharedDescriptor {
        try PacketPorts.openServer(.stream, place.address.bytes, port: place.port)
    }

    private static func atFreePort<Socket>(
        _ open: (ListenAddress) throws -> Socket
    ) throws -> (ListenAddress, Socket) {
        for _ in 0..<20 {
            let place = ListenAddress(address: .v4(.init(127, 0, 0, 1)), port: UInt16.random(in: 20_000..<32_000))
            if let socket = try? open(place) { return (place, socket) }
        }
        throw SystemCallError(call: "bind", subject: "127.0.0.1", errno: .addressInUse)
    }
}
