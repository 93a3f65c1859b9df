import NetworkTypes
import SeededNumbers
import Testing

@testable import Ingress

/// Which of the endpoints 0, 1, 2, 3 requests go to, of which the first ones may be preferred.
struct UpstreamPoolsTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var count = 4
        let preferred: Int
        /// Could not be reached lately.
        var ejected: Set<Int> = []
        /// Failed for the request.
        var excluded: Int?
        /// Those that get requests.
        let wanted: Set<Int>

        init(
            _ name: String,
            count: Int = 4,
            preferring preferred: Int,
            ejected: Set<Int> = [],
            excluded: Int? = nil,
            wanted: Set<Int>
        ) {
            testDescription = name
            self.count = count
            self.preferred = preferred
            self.ejected = ejected
            self.excluded = excluded
            self.wanted = wanted
        }
    }

    @Test(arguments: [
        Row("none", count: 0, preferring: 0, wanted: []),
        Row("one", count: 1, preferring: 0, wanted: [0]),
        Row("one that failed", count: 1, preferring: 0, excluded: 0, wanted: []),
        Row("one that is ejected", count: 1, preferring: 0, ejected: [0], wanted: [0]),
        Row("all are alike", preferring: 0, wanted: [0, 1, 2, 3]),
        Row("one is ejected", preferring: 0, ejected: [1], wanted: [0, 2, 3]),
        Row("all are ejected", count: 2, preferring: 0, ejected: [0, 1], wanted: [0]),
        Row("one is preferred", preferring: 1, wanted: [0]),
        Row("two are preferred", preferring: 2, wanted: [0, 1]),
        Row("three are preferred, one is ejected", preferring: 3, ejected: [1], wanted: [0, 2]),
        Row("the only preferred one is ejected", preferring: 1, ejected: [0], wanted: [1, 2, 3]),
        Row("the only preferred one failed", preferring: 1, excluded: 0, wanted: [1, 2, 3]),
        Row("one preferred is ejected, the other failed", preferring: 2, ejected: [0], excluded: 1, wanted: [2, 3]),
        Row("the preferred are ejected, another failed", preferring: 2, ejected: [0, 1], excluded: 2, wanted: [3]),
        Row("all preferred are ejected, and all others", count: 2, preferring: 1, ejected: [0, 1], wanted: [0]),
    ])
    func `requests go to`(row: Row) {
        let endpoints = (0..<row.count).map { slot in
            let address = IPAddress.v4(IPv4Address(10, 42, 0, UInt8(slot)))
            return BackendEndpoint(address: address, port: 8080, identity: "\(slot)", slot: slot)
        }
        var pools = UpstreamPools()
        for endpoint in endpoints {
            _ = pools.begin(at: endpoint, since: 0)
            let generation = pools.generation(of: endpoint.slot)
            pools.end(at: endpoint.slot, generation)
            if row.ejected.contains(endpoint.slot) { pools.eject(endpoint.slot, generation, until: 10) }
        }
        var random = SeededNumbers(seed: 1)
        var chosen: Set<Int> = []
        for _ in 0..<200 {
            let place = pools.choose(
                among: endpoints,
                preferring: row.preferred,
                excluding: row.excluded,
                now: 5,
                using: &random
            )
            if let place { chosen.insert(place) }
        }
        #expect(chosen == row.wanted)
    }
}
