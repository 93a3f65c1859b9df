/// What is counted of requests of one kind.
struct RequestTally: Sendable {
    /// Traefik's, in seconds; above the last one there is a bucket more.
    static let bounds: [Double] = [0.1, 0.3, 1.2, 5]

    /// Requests by how long they took.
    private(set) var counts = InlineArray<5, UInt64>(repeating: 0)
    /// How long all of them took.
    private(set) var milliseconds: UInt64 = 0
    /// Of their bodies.
    private(set) var requestOctets: UInt64 = 0
    /// Of the bodies of the responses.
    private(set) var responseOctets: UInt64 = 0

    var requests: UInt64 { counts.indices.reduce(0) { $0 &+ counts[$1] } }

    mutating func note(_ milliseconds: UInt64, _ requestOctets: UInt64, _ responseOctets: UInt64) {
        let bucket =
            switch milliseconds {
            case ...100: 0
            case ...300: 1
            case ...1_200: 2
            case ...5_000: 3
            default: 4
            }
        counts[bucket] &+= 1
        self.milliseconds &+= milliseconds
        self.requestOctets &+= requestOctets
        self.responseOctets &+= responseOctets
    }

    /// Adds what another loop counted.
    static func += (tally: inout RequestTally, other: RequestTally) {
        for index in tally.counts.indices { tally.counts[index] &+= other.counts[index] }
        tally.milliseconds &+= other.milliseconds
        tally.requestOctets &+= other.requestOctets
        tally.responseOctets &+= other.responseOctets
    }
}
