/// One instruction of the nf_tables virtual machine. Rules are lists of them; `Clause` builds the usual ones.
///
/// Data is in network byte order, except where the kernel keeps it in host order: marks, interface indices, connection
/// tracking state, address types and numgen.
package enum Expression: Hashable, Sendable {
    /// Loads bytes of the packet.
    case payload(PayloadField, into: Register)
    /// Loads a fact about the packet.
    case meta(MetaKey, into: Register)
    /// Changes a fact about the packet: its mark, for one.
    case setMeta(MetaKey, from: Register)
    /// Loads a fact about the packet's connection.
    case conntrack(ConntrackKey, direction: ConntrackDirection?, into: Register)
    /// Changes a fact about the packet's connection.
    case setConntrack(ConntrackKey, from: Register)
    /// Ends the rule unless the register compares so with the data.
    case compare(Register, Comparison, [UInt8])
    /// Ends the rule unless the register is in the range, or if `isNegated` outside it.
    case range(Register, isNegated: Bool, from: [UInt8], to: [UInt8])
    /// `into = (from & mask) ^ xor`
    case bitwise(from: Register, into: Register, mask: [UInt8], xor: [UInt8])
    /// Ends the rule unless the key is in the set, or if `isNegated` is not; of a map loads the data.
    case lookup(set: String, key: Register, into: Register?, isNegated: Bool)
    /// Loads a constant.
    case immediate([UInt8], into: Register)
    case verdict(Verdict)
    /// Counts packets and bytes. What has been counted is not part of the value.
    case counter
    case nat(NetworkTranslation)
    /// Source address translation to an address of the outgoing interface.
    case masquerade(TranslationFlags)
    /// Destination address translation to the machine itself, to the port in the register.
    case redirect(port: Register?, TranslationFlags)
    case reject(Rejection)
    /// Looks an address up in the routing table.
    case fib(FIBResult, FIBFlags, into: Register)
    case numgen(NumberGenerator, into: Register)
    /// Jenkins hash of `length` bytes from a register, modulo `modulus`, plus `offset`.
    case hash(from: Register, length: UInt32, modulus: UInt32, seed: UInt32?, offset: UInt32, into: Register)
    /// Adds the packet's key to a set, or updates its timeout, or deletes it.
    case dynamicSet(DynamicSetUpdate)
    /// Leaves the packet out of connection tracking.
    case notrack
    case log(prefix: String)
    /// Ends the rule while the rate is exceeded, or if `isOver` while it is not.
    case limit(RateLimit)
    /// Refers to a named object of the table: a counter, a quota.
    case object(type: UInt32, name: String)
    /// A match of xtables, read from the kernel. No plan contains one.
    case extensionMatch(ExtensionMatch)
    /// An expression read from the kernel that Linnet does not model. No plan contains it, so it always differs.
    case unknown(String)
}

/// Where bytes of a packet are: `length` bytes from `offset` of a header.
package struct PayloadField: Hashable, Sendable {
    /// The header that the bytes are counted from (NFT_PAYLOAD_*).
    package enum Header: UInt32, Hashable, Sendable {
        case link = 0
        case network = 1
        case transport = 2
    }

    package var header: Header
    package var offset: UInt32
    package var length: UInt32

    package init(_ header: Header, offset: UInt32, length: UInt32) {
        self.header = header
        self.offset = offset
        self.length = length
    }
}

/// A fact about a packet (NFT_META_*). Open: a value that has no name here survives a round trip.
package struct MetaKey: Hashable, Sendable, RawRepresentable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let mark = MetaKey(rawValue: 3)
    package static let inputInterface = MetaKey(rawValue: 4)
    package static let outputInterface = MetaKey(rawValue: 5)
    package static let inputInterfaceName = MetaKey(rawValue: 6)
    package static let outputInterfaceName = MetaKey(rawValue: 7)
    package static let networkProtocol = MetaKey(rawValue: 15)
    package static let transportProtocol = MetaKey(rawValue: 16)
}

/// A fact about a connection (NFT_CT_*).
package struct ConntrackKey: Hashable, Sendable, RawRepresentable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let state = ConntrackKey(rawValue: 0)
    package static let direction = ConntrackKey(rawValue: 1)
    package static let status = ConntrackKey(rawValue: 2)
    package static let mark = ConntrackKey(rawValue: 3)
    package static let originalDestinationPort = ConntrackKey(rawValue: 12)
    package static let originalDestinationIPv4 = ConntrackKey(rawValue: 20)
    package static let originalDestinationIPv6 = ConntrackKey(rawValue: 22)
}

/// The direction of a connection's packets: from its opener, or back.
package enum ConntrackDirection: UInt8, Hashable, Sendable {
    case original = 0
    case reply = 1
}

/// How a register is compared (NFT_CMP_*).
package enum Comparison: UInt32, Hashable, Sendable {
    case equal = 0
    case notEqual = 1
    case less = 2
    case lessOrEqual = 3
    case greater = 4
    case greaterOrEqual = 5
}

/// What a `fib` expression loads (NFT_FIB_RESULT_*).
package enum FIBResult: UInt32, Hashable, Sendable {
    case interface = 1
    case interfaceName = 2
    /// The kind of address: 2 is local to the machine (RTN_*), in host byte order.
    case addressType = 3
}

/// What a `fib` expression looks up (NFTA_FIB_F_*).
package struct FIBFlags: OptionSet, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    package static let sourceAddress = FIBFlags(rawValue: 1)
    package static let destinationAddress = FIBFlags(rawValue: 2)
    package static let mark = FIBFlags(rawValue: 4)
    package static let inputInterface = FIBFlags(rawValue: 8)
    package static let outputInterface = FIBFlags(rawValue: 16)
}

/// A source of numbers from `offset` up to `offset + modulus - 1`, in host byte order.
package struct NumberGenerator: Hashable, Sendable {
    /// How the next number is chosen (NFT_NG_*).
    package enum Kind: UInt32, Hashable, Sendable {
        case incremental = 0
        case random = 1
    }

    package var kind: Kind
    package var modulus: UInt32
    package var offset: UInt32

    package init(_ kind: Kind, modulus: UInt32, offset: UInt32 = 0) {
        self.kind = kind
        self.modulus = modulus
        self.offset = offset
    }
}
