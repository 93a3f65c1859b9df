import ClusterFixtures
import ClusterState
import HTTPWire
import NetworkTypes
import Testing

@testable import Ingress
@testable import LinuxSystem

/// A client, a conversation and endpoints, without sockets: what the worker would do with the effects is done here by hand.
///
/// `web.example` has two endpoints, `lone.example` one, `empty.example` none.
final class MachineBench {
    /// One connection to an endpoint.
    struct Upstream {
        let stream: StreamID
        let endpoint: String
        var received: [UInt8] = []
        var isOpen = true
        var isFinished = false
        var isIdle = false
        /// The pool that it waits in.
        var slot = -1
    }

    private(set) var bench: Workbench
    private(set) var conversation: Conversation
    private(set) var toClient: [UInt8] = []
    private(set) var upstreams: [Upstream] = []
    private(set) var isClientClosed = false
    private(set) var isClientFinished = false
    private(set) var isClientCut = false
    private(set) var isMultiplexed = false
    /// What was given and not taken.
    private var pending: [UInt8] = []
    private var isPaused = false
    private var hasClientEnded = false
    private var nextStream: Int32 = 1
    /// Endpoints that cannot be connected.
    var unreachable: Set<String> = []
    /// Whether connections come about at once.
    var connects = true

    static let clientStream = StreamID(index: 0, generation: 0)

    /// - Parameter change: changes the Ingress and the Service of `lone.example`; what it returns is in the cluster, too.
    init(
        limits: ProxyLimits = ProxyLimits(),
        mergesSlashes: Bool = true,
        address: String = "198.51.100.7",
        _ change: (inout ClusterState.Ingress, inout Service) -> [ClusterObject] = { _, _ in [] }
    ) throws {
        let node = try #require(NodeName(rawValue: "n"))
        var table = RouteTable(
            RouteConfiguration(
                classes: ["linnet"],
                node: node,
                allowsExternalNames: true,
                mergesSlashes: mergesSlashes
            )
        )
        _ = table.update(Self.cluster(node, change), changed: .everything)
        bench = Workbench(table, limits: limits)
        bench.date = Array("Sun, 06 Nov 1994 08:49:37 GMT".utf8)
        conversation = Conversation(
            ClientConnection(
                Self.clientStream,
                AnnouncedClient(try IPAddress(parsing: address), over: .web),
                node: "n"
            )
        )
        conversation.begin(&bench)
        perform()
    }

    private static func cluster(
        _ node: NodeName,
        _ change: (inout ClusterState.Ingress, inout Service) -> [ClusterObject]
    ) -> ClusterSnapshot {
        let store = SnapshotStore(sourceDescription: "a test", ownName: node)
        let names = [("web", 2), ("lone", 1), ("empty", 0)]
        var objects: [ClusterObject] = []
        for (number, (name, count)) in names.enumerated() {
            var ingress = ClusterState.Ingress(metadata: ObjectMetadata(name: name, namespace: "default"))
            ingress.className = "linnet"
            let backend = IngressBackend.service(name: name, port: .number(80))
            let path = IngressPath(path: "/", match: .prefix, backend: backend)
            ingress.rules = [IngressRule(host: "\(name).example", paths: [path])]
            var service = Service(metadata: ObjectMetadata(name: name, namespace: "default"))
            service.ports = [ServicePort(port: 80)]
            if name == "lone" { objects += change(&ingress, &service) }
            let slice = EndpointSlice(
                metadata: ObjectMetadata(
                    name: name,
                    namespace: "default",
                    labels: [EndpointSlice.serviceNameLabel: name]
                ),
                family: .ipv4,
                endpoints: (0..<count).map {
                    Endpoint(addresses: [.v4(IPv4Address(10, 42, UInt8(number), UInt8($0 + 1)))])
                },
                ports: [EndpointPort(port: 8080)]
            )
            objects += [.ingress(ingress), .service(service), .endpointSlice(slice)]
        }
        store.apply(.replace(kinds: RouteTable.neededKinds, with: objects), confirmedAt: 0)
        return store.current
    }

    // MARK: - Events

    /// The client sends octets, in as many pieces as said.
    func client(_ text: String, pieces: [Int] = []) { client(Array(text.utf8), pieces: pieces) }

    func client(_ octets: [UInt8], pieces: [Int] = []) {
        var rest = octets[...]
        for piece in pieces {
            give(Array(rest.prefix(piece)))
            rest = rest.dropFirst(piece)
        }
        give(Array(rest))
    }

    func clientEnds() {
        hasClientEnded = true
        give([])
    }

    /// The password of the request at hand is found to be right, or wrong.
    func passwordIs(_ isRight: Bool) {
        conversation.checked(isRight: isRight, &bench)
        perform()
    }

    func clientExpires() {
        conversation.clientExpired(&bench)
        perform()
    }

    func clientBreaks() {
        conversation.clientLeft(&bench)
        perform()
    }

    /// The endpoint of the connection at hand sends octets.
    func upstream(_ text: String, pieces: [Int] = [], ends: Bool = false) throws {
        try upstream(Array(text.utf8), pieces: pieces, ends: ends)
    }

    func upstream(_ octets: [UInt8], pieces: [Int] = [], ends: Bool = false) throws {
        let stream = conversation.upstream
        try #require(stream != .none, "nobody is asked")
        var rest = octets[...]
        var pending: [UInt8] = []
        for piece in pieces where !rest.isEmpty {
            pending += rest.prefix(piece)
            rest = rest.dropFirst(piece)
            try give(&pending, of: stream, ends: false)
        }
        pending += rest
        try give(&pending, of: stream, ends: ends)
    }

    private func give(_ pending: inout [UInt8], of stream: StreamID, ends: Bool) throws {
        guard conversation.upstream == stream else { return giveToIdle(stream, isEmpty: pending.isEmpty && !ends) }
        let taken = conversation.receiveFromUpstream(pending.span, hasEnded: ends, &bench)
        pending.removeFirst(taken)
        perform()
    }

    /// What comes without a request ends the connection.
    private func giveToIdle(_ stream: StreamID, isEmpty: Bool) {
        guard let index = upstreams.firstIndex(where: { $0.stream == stream }), !isEmpty else { return }
        bench.pools.remove(stream, at: upstreams[index].slot)
        upstreams[index].isIdle = false
        upstreams[index].isOpen = false
    }

    func upstreamBreaks(_ failure: UpstreamFailure = .reset, wasLookedAt: Bool = true) {
        if let index = upstreams.firstIndex(where: { $0.stream == conversation.upstream }) {
            upstreams[index].isOpen = false
        }
        conversation.upstream = .none
        conversation.upstreamFailed(failure, wasLookedAt: wasLookedAt, &bench)
        perform()
    }

    func upstreamExpires(_ failure: UpstreamFailure = .slowConnection) {
        conversation.upstreamExpired(failure, &bench)
        perform()
    }

    func upstreamStalls() {
        conversation.upstreamStalled(&bench)
        perform()
    }

    /// Has requests logged from now on, as if the time stood still.
    func log(to queue: AccessLogQueue, at time: Double, as format: AccessLogFormat = .clf) {
        bench.log = AccessLogBuffer(format, queue)
        bench.wallTime = time
    }

    /// Has failures of endpoints noted from now on.
    func note(_ troubles: EndpointTroubles) { bench.troubles = troubles }

    func flushLog() {
        let next = bench.log?.flush(now: .zero)
        // By then what waits has waited long enough.
        let last = next.flatMap { bench.log?.flush(now: $0) }
        #expect(last == nil)
    }

    func drain() {
        bench.isDraining = true
        conversation.drain(&bench)
        perform()
    }

    private func give(_ octets: [UInt8]) {
        pending += octets
        guard !isPaused, !isClientClosed else { return }
        let taken = conversation.receive(pending.span, hasEnded: hasClientEnded, &bench)
        pending.removeFirst(taken)
        perform()
    }

    // MARK: - Effects

    private func perform() {
        let actions = bench.effects.actions
        let former = bench.effects.formerUpstream
        if former != .none, let index = upstreams.firstIndex(where: { $0.stream == former }) {
            let isKept =
                actions.contains(.keepUpstream)
                && bench.pools.keep(former, at: bench.effects.formerSlot, bench.effects.formerGeneration, now: 0)
            upstreams[index].isIdle = isKept
            upstreams[index].slot = bench.effects.formerSlot
            upstreams[index].isOpen = isKept
        }
        if let index = upstreams.firstIndex(where: { $0.stream == conversation.upstream }) {
            upstreams[index].received += bench.effects.toUpstream.octets
            upstreams[index].isIdle = false
            if actions.contains(.finishUpstream) { upstreams[index].isFinished = true }
        }
        toClient += bench.effects.toClient.octets
        if actions.contains(.finishClient) { isClientFinished = true }
        if !actions.isDisjoint(with: [.closeClient, .cutClient]) { isClientClosed = true }
        if actions.contains(.cutClient) { isClientCut = true }
        if actions.contains(.multiplex) { isMultiplexed = true }
        if actions.contains(.pauseClient) { isPaused = true }
        let isResumed = actions.contains(.resumeClient) && isPaused
        if isResumed { isPaused = false }
        bench.effects.reset()
        if actions.contains(.connect) { connect() }
        if isResumed { give([]) }
    }

    private func connect() {
        guard let endpoint = conversation.exchange.endpoint else { return }
        if unreachable.contains("\(endpoint.address)") {
            conversation.upstreamFailed(.refused, &bench)
            return perform()
        }
        let stream = StreamID(index: nextStream, generation: 0)
        nextStream += 1
        upstreams.append(Upstream(stream: stream, endpoint: "\(endpoint.address)"))
        conversation.connecting(stream)
        if connects { becomeConnected() }
    }

    func becomeConnected() {
        conversation.connected(&bench)
        perform()
    }

    // MARK: - Results

    /// Whether the client's connection is at its end, without being broken.
    var isClientEnding: Bool { isClientFinished || isClientClosed && !isClientCut }

    /// Whether an endpoint is connected for a request.
    var isAsking: Bool { conversation.upstream != .none }

    /// What is still held by the conversation.
    var held: [String] {
        var held: [String] = []
        if conversation.upstreamPhase != .none { held.append("phase \(conversation.upstreamPhase)") }
        if conversation.upstream != .none { held.append("\(conversation.upstream)") }
        if conversation.exchange.isOpen { held.append("an exchange") }
        if bench.pools.activeCount != 0 { held.append("\(bench.pools.activeCount) active") }
        return held + upstreams.filter { $0.isOpen && !$0.isIdle }.map { "open \($0.stream)" }
    }

    var clientText: String { String(decoding: toClient, as: UTF8.self) }

    /// What the connection of this number was sent.
    func upstreamText(_ index: Int = 0) -> String {
        index < upstreams.count ? String(decoding: upstreams[index].received, as: UTF8.self) : ""
    }

    /// The statuses of the responses that the client got, of whose bodies none looks like one.
    var statuses: [Int] {
        clientText.split(separator: "HTTP/1.1 ", omittingEmptySubsequences: true).compactMap { Int($0.prefix(3)) }
    }
}
