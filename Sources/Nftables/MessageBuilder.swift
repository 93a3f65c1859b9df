internal import CMnl
internal import CNftnl

/// Builds the messages of one batch, one after the other in the order in which the kernel is to act on them.
@safe struct MessageBuilder: ~Copyable {
    /// The batch so far.
    private(set) var bytes: [UInt8] = []
    /// Which operation each message belongs to: the message of sequence number `firstSequence + n` stands at n.
    private(set) var origins: [Int?] = []
    let firstSequence: UInt32
    let table: Table
    /// The operation that the next messages belong to.
    var origin: Int?
    private let scratch: UnsafeMutablePointer<CChar>

    /// Messages are cut well below the 64 KiB at which a nested attribute is truncated without an error.
    private static let scratchSize = 128 * 1024

    init(_ table: Table, firstSequence: UInt32) {
        self.table = table
        self.firstSequence = firstSequence
        unsafe scratch = UnsafeMutablePointer<CChar>.allocate(capacity: Self.scratchSize)
    }

    deinit {
        unsafe scratch.deallocate()
    }

    private var sequence: UInt32 { firstSequence &+ UInt32(truncatingIfNeeded: origins.count) }

    /// The begin of the batch, which fails with ERESTART if the ruleset is of another generation than this.
    mutating func begin(expecting generation: UInt32?) {
        origin = nil
        guard let header = unsafe nftnl_batch_begin(scratch, sequence) else { return }
        if let generation {
            unsafe mnl_attr_put_u32(header, UInt16(NFNL_BATCH_GENID.rawValue), generation.bigEndian)
        }
        unsafe finish(header)
    }

    mutating func end() {
        origin = nil
        guard let header = unsafe nftnl_batch_end(scratch, sequence) else { return }
        unsafe finish(header)
    }

    /// A message about the table, which `body` fills.
    mutating func message(
        _ type: Message,
        _ flags: MessageFlags,
        _ body: (UnsafeMutablePointer<nlmsghdr>) -> Void
    ) {
        guard
            let header = unsafe nftnl_nlmsg_build_hdr(
                scratch,
                type.rawValue,
                UInt16(table.family.rawValue),
                flags.rawValue,
                sequence
            )
        else { return }
        unsafe body(header)
        unsafe finish(header)
    }

    /// Asks for an acknowledgement of the last message, which comes after any error of an earlier one.
    mutating func acknowledgeLast(startingAt offset: Int) {
        // nlmsg_flags are the two bytes after length and type, in host order; NLM_F_ACK is in the lower one.
        bytes[offset + (1.littleEndian == 1 ? 6 : 7)] |= UInt8(MessageFlags.acknowledge.rawValue)
    }

    private mutating func finish(_ header: UnsafeMutablePointer<nlmsghdr>) {
        let length = Int(unsafe header.pointee.nlmsg_len)
        precondition(length <= Self.scratchSize, "a netlink message of \(length) bytes")
        unsafe bytes.append(contentsOf: UnsafeRawBufferPointer(start: UnsafeRawPointer(header), count: length))
        origins.append(origin)
    }
}

/// Kinds of messages (NFT_MSG_*).
enum Message: UInt16 {
    case newTable = 0
    case getTable = 1
    case deleteTable = 2
    case newChain = 3
    case getChain = 4
    case deleteChain = 5
    case newRule = 6
    case getRule = 7
    case deleteRule = 8
    case newSet = 9
    case getSet = 10
    case deleteSet = 11
    case newElements = 12
    case getElements = 13
    case deleteElements = 14
    case newGeneration = 15
    case getGeneration = 16
}

/// NLM_F_*
struct MessageFlags: OptionSet {
    let rawValue: UInt16

    static let acknowledge = MessageFlags(rawValue: 0x4)
    static let dump = MessageFlags(rawValue: 0x300)
    static let exclusive = MessageFlags(rawValue: 0x200)
    static let create = MessageFlags(rawValue: 0x400)
    static let append = MessageFlags(rawValue: 0x800)
}
