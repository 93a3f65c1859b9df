import HTTPWire
import LinuxSystem

/// What is to be done after an event of a conversation.
struct Effects: ~Copyable {
    struct Actions: OptionSet {
        let rawValue: UInt16

        /// Read nothing of the client until it is resumed.
        static let pauseClient = Actions(rawValue: 1)
        static let resumeClient = Actions(rawValue: 2)
        /// End the own side of the client's connection when all is sent.
        static let finishClient = Actions(rawValue: 4)
        /// Close the client's connection when all is sent.
        static let closeClient = Actions(rawValue: 8)
        /// Close it so that the client sees that something is missing.
        static let cutClient = Actions(rawValue: 16)
        /// A connection to the chosen endpoint is needed.
        static let connect = Actions(rawValue: 32)
        /// The connection of the pool that `upstream` names is this conversation's now.
        static let bindUpstream = Actions(rawValue: 64)
        /// The connection goes back to the pool.
        static let keepUpstream = Actions(rawValue: 128)
        static let closeUpstream = Actions(rawValue: 256)
        static let finishUpstream = Actions(rawValue: 512)
        /// The password of the conversation's request is to be compared.
        static let check = Actions(rawValue: 1_024)
        /// The client speaks HTTP/2: nothing was taken of it yet.
        static let multiplex = Actions(rawValue: 2_048)
    }

    enum DeadlineChange {
        case keep
        case set(StreamDelay)
        case clear
    }

    var actions: Actions = []
    var toClient = OctetBuffer(capacity: 16 << 10)
    var toUpstream = OctetBuffer(capacity: 16 << 10)
    var clientDeadline = DeadlineChange.keep
    /// The connection that `keepUpstream` or `closeUpstream` is about.
    var formerUpstream = StreamID.none
    /// The endpoint that it leads to.
    var formerSlot = -1
    var formerGeneration: UInt32 = 0

    mutating func reset() {
        actions = []
        toClient.removeAll()
        toUpstream.removeAll()
        clientDeadline = .keep
        formerUpstream = .none
    }
}
