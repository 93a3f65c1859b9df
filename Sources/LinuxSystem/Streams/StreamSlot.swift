internal import Glibc

/// The state of one stream or server of a loop.
struct StreamSlot {
    struct Flags: OptionSet {
        let rawValue: UInt16

        /// The connection has not come about yet.
        static let isConnecting = Flags(rawValue: 1)
        /// There may be something to read that the kernel will not tell again.
        static let isReadable = Flags(rawValue: 2)
        /// The service wants nothing now.
        static let isPaused = Flags(rawValue: 4)
        /// The peer ended its side, and the end was read.
        static let hasEnded = Flags(rawValue: 8)
        /// It is to be served again in the next round.
        static let isQueued = Flags(rawValue: 16)
        /// The own side ends when all is sent.
        static let isFinishing = Flags(rawValue: 32)
        /// What was not taken is to be given again although nothing new came.
        static let isResumed = Flags(rawValue: 64)
        /// Somebody waits until all is sent.
        static let isCongested = Flags(rawValue: 128)
        /// The peer's end, or an error, waits behind what can be read.
        static let endWaits = Flags(rawValue: 256)
        /// It is closed when all is sent, and the service knows it no more.
        static let isClosing = Flags(rawValue: 512)
    }

    enum Kind {
        case free
        case stream
        /// One that the service carries itself: it has no descriptor.
        case inner
        case server(Int)
    }

    var kind = Kind.free
    var isUsed: Bool { if case .free = kind { false } else { true } }
    var flags: Flags = []
    var descriptor: Int32 = -1
    var generation: UInt32 = 0
    /// Why it broke, if that is still to be told.
    var failure: Errno?
    /// How many octets of `output` are sent.
    var sent = 0
    /// How many octets the peer had yet to take when it was last looked, of a stream that is closed then.
    var rest = 0
    /// What the service did not take.
    var input: [UInt8] = []
    var output: [UInt8] = []
    /// The place that was freed before this one, once it is free.
    var nextFree: Int32 = -1
}
