package import DNSWire

/// What the table said to a question. The records are in the message already.
package struct ZoneAnswer: Sendable, Equatable {
    package enum Outcome: Sendable, Equatable {
        /// The message is complete but for its header.
        case complete
        /// The name is not one of the cluster's: nothing was written.
        case foreign
        /// The last answer is a CNAME to a name outside, which begins at this place of the message: what is found there
        /// belongs behind it. Its failure to resolve changes neither the code nor what is written.
        case needsTarget(at: Int)
    }

    package internal(set) var outcome = Outcome.complete
    package internal(set) var code = ResponseCode.noError
    /// What was written. Additional records that had no room do not make it cut.
    package internal(set) var counts = ReplyCounts()

    init() {}
}

/// The state of one question's look-up.
struct ZoneLookup {
    /// The longest chain of CNAMEs that is followed.
    static let longestChain = 10

    /// Nil if the zone has no records of the type.
    let type: ZoneRecordType?
    /// Which of several addresses comes first.
    let rotation: Int
    var answer = ZoneAnswer()
    /// Whether some host has a name below the one that is looked up, so that this one exists.
    var hasHostBelow = false
    /// The services that were led on from, by their hashes.
    private var chain = InlineArray<10, UInt64>(repeating: 0)
    private(set) var chainLength = 0

    init(_ type: RecordType, rotation: UInt32) {
        self.type = ZoneRecordType(rawValue: type.rawValue)
        self.rotation = Int(rotation)
    }

    /// Notes that a service leads on. False if it did before, or if too many did.
    mutating func follow(_ hash: UInt64) -> Bool {
        guard chainLength < Self.longestChain else { return false }
        for index in 0..<chainLength where chain[index] == hash { return false }
        chain[chainLength] = hash
        chainLength += 1
        return true
    }
}

/// A name whose negative answers carry an SOA record, by where it stands in the message.
struct Apex {
    let position: Int
    /// Whether it is Z.
    let isClusterZone: Bool
}
