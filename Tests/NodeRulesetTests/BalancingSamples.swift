import NetworkTypes
import Nftables
import NodeRuleset
import Testing

/// A layout as services are balanced: a verdict map to one chain per number of endpoints, which looks up a map of endpoints
/// by service and index. Services are numbers in 10.43.0.0/16, pods in 10.42.0.0/24.
struct Balancing: Sendable {
    /// The endpoints of each service; a service without any is dropped.
    var pods: [UInt16: [UInt8]]

    static let frontends = SetDefinition("services", key: [.ip4(.destination), .l4proto], value: .verdict)

    private var counts: Set<Int> { Set(pods.values.map(\.count)).subtracting([0]) }

    var fragment: RulesetFragment {
        Samples.fragment(
            [Samples.dispatch] + counts.sorted().map(Self.chain),
            [
                PlannedSet(Self.frontends, .planned(ElementTable(pods.map { Self.frontend($0.key, $0.value.count) }))),
                PlannedSet(
                    Samples.endpoints,
                    .planned(ElementTable(pods.flatMap { Self.endpoints($0.key, $0.value) }))
                ),
            ]
        )
    }

    /// What is to be done to the fragment of another layout.
    func change(from old: Balancing) -> FragmentChange {
        var frontends = ElementChange()
        var endpoints = ElementChange()
        for (service, pods) in pods where old.pods[service] != pods {
            frontends.added.append(Self.frontend(service, pods.count))
            endpoints.added += Self.endpoints(service, pods)
            endpoints.removed += Self.endpoints(service, old.pods[service] ?? []).dropFirst(pods.count)
        }
        for (service, pods) in old.pods where self.pods[service] == nil {
            frontends.removed.append(Self.frontend(service, pods.count))
            endpoints.removed += Self.endpoints(service, pods)
        }
        return Samples.change(
            chains: counts.subtracting(old.counts).map(Self.chain),
            elements: ["services": frontends, "endpoints": endpoints],
            lostChains: old.counts.subtracting(counts).map { "to-\($0)" }
        )
    }

    private static func chain(_ count: Int) -> PlannedChain { Samples.regular("to-\(count)") }

    private static func address(_ service: UInt16) -> FieldValue {
        .address(.v4(IPv4Address(10, 43, UInt8(service >> 8), UInt8(service & 0xff))))
    }

    static func frontend(_ service: UInt16, _ count: Int) -> SetElement {
        SetElement(address(service), .l4proto(.tcp), verdict: count == 0 ? .drop : .goto("to-\(count)"))
    }

    static func endpoints(_ service: UInt16, _ pods: [UInt8]) -> [SetElement] {
        pods.enumerated().map { index, pod in
            SetElement(
                address(service),
                .number(UInt32(index)),
                data: [.address(.v4(IPv4Address(10, 42, 0, pod))), .port(80)]
            )
        }
    }
}

extension Balancing {
    /// How many endpoints the state says that services have; of services that are not dropped.
    private static func counts(in state: TableContents?) -> [[UInt8]: Int] {
        var counts: [[UInt8]: Int] = [:]
        for element in state?.sets["services"]?.elements ?? [] {
            guard case .verdict(.goto(let chain)) = element.value else { continue }
            counts[element.key] = Int(chain.dropFirst(3))
        }
        return counts
    }

    private static func keys(in state: TableContents, of set: String) -> Set<[UInt8]> {
        Set((state.sets[set]?.elements ?? []).map(\.key))
    }

    /// Checks that packets to services that were there and stay find an endpoint, in each state of the kernel on the way
    /// from layout to layout, and on the way from each state to the next.
    static func expectNoHoles(
        from old: Balancing,
        to new: Balancing,
        _ start: TableContents?,
        _ states: [TableContents],
        _ location: SourceLocation = #_sourceLocation
    ) {
        let lasting = old.pods.keys.filter { new.pods[$0] != nil }.map { frontend($0, 0).key }
        var before = start
        for (number, state) in states.enumerated() {
            let services = keys(in: state, of: "services")
            #expect(services.isSuperset(of: lasting), "transaction \(number)", sourceLocation: location)
            let endpoints = keys(in: state, of: "endpoints")
            let previous = counts(in: before)
            let now = counts(in: state)
            // A packet has looked up the service in one state, and looks up the endpoint in this one.
            for (service, count) in Array(previous) + Array(now) {
                let needed = endpointKeys(service, count)
                #expect(endpoints.isSuperset(of: needed), "transaction \(number)", sourceLocation: location)
            }
            // A packet came to the hook in one state, and looks up the service in this one.
            let chains = Set(now.values).filter { before?.chains["to-\($0)"]?.rules.isEmpty != false }
            if before?.chains["forward"] != nil {
                #expect(chains == [], "transaction \(number)", sourceLocation: location)
            }
            before = state
        }
    }

    private static func endpointKeys(_ service: [UInt8], _ count: Int) -> [[UInt8]] {
        let number = UInt16(service[2]) << 8 | UInt16(service[3])
        return endpoints(number, Array(repeating: 0, count: count)).map(\.key)
    }
}
