/// A match of xtables in a rule that iptables-nft has written: its name, and what it compares with in the kernel's form.
package struct ExtensionMatch: Hashable, Sendable {
    package let name: String
    package let revision: UInt32
    package let info: [UInt8]

    package init(_ name: String, revision: UInt32, info: [UInt8]) {
        self.name = name
        self.revision = revision
        self.info = info
    }

    /// Whether a packet for the port of TCP fits, as far as this match is one that is understood.
    func answer(_ port: UInt16) -> SoughtRegisters.Answer {
        switch (name, revision) {
        case ("comment", _): .yes
        case ("tcp", 0) where info.count >= 12: answerTCP(port)
        case ("udp", _), ("sctp", _), ("icmp", _), ("icmp6", _): .no
        case ("multiport", 1) where info.count >= 48: answerList(port)
        default: .perhaps
        }
    }

    /// The text of a comment; nil for other matches.
    var comment: String? {
        name == "comment" ? String(decoding: info.prefix { $0 != 0 }, as: UTF8.self) : nil
    }

    /// `struct xt_tcp`: ranges of source and destination ports, flags, and which of them are negated.
    private func answerTCP(_ port: UInt16) -> SoughtRegisters.Answer {
        let isNegated = info[11] & 2 != 0
        guard (number(at: 4)...max(number(at: 4), number(at: 6))).contains(port) != isNegated else { return .no }
        let isOfPortAlone = number(at: 0) == 0 && number(at: 2) == .max && info[8] == 0 && info[9] == 0
        return isOfPortAlone ? .yes : .perhaps
    }

    /// `struct xt_multiport_v1`: which ports are meant, how many numbers there are, these, which of them begin a range.
    private func answerList(_ port: UInt16) -> SoughtRegisters.Answer {
        // Those of the source.
        guard info[0] != 0 else { return .perhaps }
        var isListed = false
        for index in 0..<min(Int(info[1]), 15) {
            let first = number(at: 2 + 2 * index)
            if info[32 + index] != 0, index < 14 {
                isListed = isListed || (first <= port && port <= number(at: 4 + 2 * index))
            } else {
                isListed = isListed || first == port
            }
        }
        return isListed != (info[47] != 0) ? (info[0] == 1 ? .yes : .perhaps) : .no
    }

    /// In host byte order.
    private func number(at offset: Int) -> UInt16 { info[offset...].number(at: 0) }
}

extension Expression {
    /// What a comment says that is an expression of its own.
    var extensionComment: String? {
        if case .extensionMatch(let match) = self { match.comment } else { nil }
    }
}
