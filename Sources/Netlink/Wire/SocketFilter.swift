import CMnl
import NetworkTypes

/// A program of the classic packet filter, which the kernel runs on each message before it is queued for a socket.
struct SocketFilter {
    /// The program; each instruction is `struct sock_filter`.
    private(set) var instructions: [sock_filter] = []

    /// Lets through everything but the routes that nobody is interested in.
    init(routes interest: RouteInterest) {
        load(.half, at: Offset.messageType)
        // The header is in the machine's byte order, and the filter reads the network's.
        jump(.equal, UInt32(MessageType.newRoute.rawValue.bigEndian), then: 2, otherwise: 0)
        jump(.equal, UInt32(MessageType.deleteRoute.rawValue.bigEndian), then: 1, otherwise: 0)
        end(withAcceptance: true)
        if let number = interest.routeProtocol {
            load(.byte, at: Offset.routeProtocol)
            accept(if: UInt32(number.rawValue))
        }
        load(.byte, at: Offset.table)
        jump(.equal, RouteTable.main.rawValue, then: 1, otherwise: 0)
        end(withAcceptance: false)
        if interest.includesOnLink {
            load(.byte, at: Offset.lowestFlags)
            jump(.anyBit, RouteFlag.onLink, then: 0, otherwise: 1)
            end(withAcceptance: true)
        }
        load(.byte, at: Offset.destinationLength)
        jump(.equal, 0, then: 0, otherwise: 1)
        end(withAcceptance: interest.includesDefault)
        if !interest.networks.isEmpty {
            findDestination()
            for network in interest.networks { accept(inside: network) }
        }
        end(withAcceptance: false)
    }

    /// Puts the place of the destination's attribute into the index register.
    private mutating func findDestination() {
        add(Code.loadConstant, UInt32(Offset.attributes))
        add(Code.indexConstant, UInt32(RouteAttribute.destination.rawValue))
        load(.word, at: Code.findAttribute)
        // A destination that is not where it is looked for: somebody else has to judge.
        accept(if: 0)
        add(Code.copyToIndex, 0)
    }

    private mutating func accept(inside network: IPPrefix) {
        var test = Self()
        for (index, start) in stride(from: 0, to: network.length, by: 32).enumerated() {
            let bits = min(32, network.length - start)
            let mask = UInt32.max << UInt32(32 - bits)
            let word = network.base.bytes[(4 * index)..<(4 * index + 4)].reduce(0) { $0 << 8 | UInt32($1) }
            // Behind the attribute's header of four bytes.
            test.add(Code.loadIndexed, UInt32(4 + 4 * index))
            if bits < 32 { test.add(Code.and, mask) }
            test.jump(.equal, word & mask, then: 0, otherwise: 0)
        }
        test.end(withAcceptance: true)
        load(.byte, at: Offset.family)
        let size = test.instructions.count
        jump(.equal, UInt32(ProtocolFamily(network.family).rawValue), then: 0, otherwise: UInt8(size))
        for (index, instruction) in test.instructions.enumerated() {
            var instruction = instruction
            // A word that differs leads behind the test.
            if instruction.code == Jump.equal.rawValue { instruction.jf = UInt8(size - index - 1) }
            instructions.append(instruction)
        }
    }

    private init() {}
}

// MARK: - Instructions

extension SocketFilter {
    /// Where things are: struct nlmsghdr, behind it struct rtmsg, and its attributes.
    private enum Offset {
        static let messageType: UInt32 = 4
        static let family: UInt32 = 16
        static let destinationLength: UInt32 = 17
        static let table: UInt32 = 20
        static let routeProtocol: UInt32 = 21
        /// Of the four bytes of flags, the one with the lowest bits.
        static let lowestFlags: UInt32 = UInt32(1).littleEndian == 1 ? 24 : 27
        static let attributes = 16 + MemoryLayout<rtmsg>.size
    }

    /// BPF_LD … BPF_ABS
    private enum Width: UInt16 {
        case word = 0x20
        case half = 0x28
        case byte = 0x30
    }

    /// BPF_JMP … BPF_K
    private enum Jump: UInt16 {
        case equal = 0x15
        case anyBit = 0x45
    }

    private enum Code {
        /// BPF_LD | BPF_IMM, BPF_LDX | BPF_IMM, BPF_MISC | BPF_TAX
        static let loadConstant: UInt16 = 0x00
        static let indexConstant: UInt16 = 0x01
        static let copyToIndex: UInt16 = 0x07
        /// BPF_LD | BPF_W | BPF_IND, BPF_ALU | BPF_AND | BPF_K, BPF_RET | BPF_K
        static let loadIndexed: UInt16 = 0x40
        static let and: UInt16 = 0x54
        static let end: UInt16 = 0x06
        /// SKF_AD_OFF + SKF_AD_NLATTR: from the place in the accumulator on, the attribute whose type is in the index
        /// register; 0 if there is none.
        static let findAttribute = UInt32(bitPattern: -0x1000 + 12)
    }

    private mutating func add(_ code: UInt16, _ constant: UInt32, then: UInt8 = 0, otherwise: UInt8 = 0) {
        instructions.append(sock_filter(code: code, jt: then, jf: otherwise, k: constant))
    }

    private mutating func load(_ width: Width, at offset: UInt32) { add(width.rawValue, offset) }

    /// Leaves out so many instructions.
    private mutating func jump(_ test: Jump, _ constant: UInt32, then: UInt8, otherwise: UInt8) {
        add(test.rawValue, constant, then: then, otherwise: otherwise)
    }

    private mutating func accept(if constant: UInt32) {
        jump(.equal, constant, then: 0, otherwise: 1)
        end(withAcceptance: true)
    }

    /// The answer is how many bytes of the message are kept.
    private mutating func end(withAcceptance isAccepted: Bool) { add(Code.end, isAccepted ? .max : 0) }
}
