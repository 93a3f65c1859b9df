package import NetworkTypes

// MARK: - Sets and maps

extension Clause {
    /// The fields, in this order, are a key of the set.
    package static func matchSet(_ key: Selector..., in set: String) -> Clause {
        matchSet(key, in: set)
    }

    /// The same for fields that are put together elsewhere.
    package static func matchSet(_ key: [Selector], in set: String) -> Clause {
        Clause(requirements: requirements(of: key), loads(key) + [lookup(set)])
    }

    /// The fields, in this order, are no key of the set.
    package static func matchSet(_ key: Selector..., notIn set: String) -> Clause {
        matchSet(key, notIn: set)
    }

    /// The same for fields that are put together elsewhere.
    package static func matchSet(_ key: [Selector], notIn set: String) -> Clause {
        Clause(requirements: requirements(of: key), loads(key) + [lookup(set, isNegated: true)])
    }

    /// The first field, and the first `length` bits of the second with zeros behind them, are a key of the set.
    package static func matchSet(_ first: Selector, _ second: Selector, maskedTo length: Int, in set: String) -> Clause
    {
        let place = Register.word((first.byteCount + 3) / 4)
        let mask = mask(length, byteCount: second.byteCount)
        let cut = Expression.bitwise(from: place, into: place, mask: mask, xor: mask.map { _ in 0 })
        return Clause(requirements: requirements(of: [first, second]), loads([first, second]) + [cut, lookup(set)])
    }

    /// Does what the verdict map says for the fields; a key that is not in it goes on with the rule.
    package static func verdictMap(_ key: Selector..., in map: String) -> Clause {
        Clause(requirements: requirements(of: key), loads(key) + [lookup(map, into: .verdict)])
    }

    /// Destination translation to the address and port that the map holds for the fields: data of an address of
    /// `family` and a port. A key that is not in the map ends the rule.
    package static func destinationNAT(
        _ family: TableFamily,
        by key: Selector...,
        in map: String,
        flags: TranslationFlags = []
    ) -> Clause {
        destinationNAT(family, by: key, in: map, flags: flags)
    }

    /// The same for fields that are put together elsewhere.
    package static func destinationNAT(
        _ family: TableFamily,
        by key: [Selector],
        in map: String,
        flags: TranslationFlags = []
    ) -> Clause {
        // The map's data starts in register 1: the address fills one word, or of IPv6 four, the port follows it.
        let port: Register = family == .ipv6 ? .word(4) : .word(1)
        return Clause(
            requirements: requirements(of: key) + [.networkProtocol(family)],
            loads(key) + [
                lookup(map, into: .first),
                .nat(NetworkTranslation(.destination, family: family, address: .first, port: port, flags: flags)),
            ]
        )
    }

    /// Destination translation to this address and port.
    package static func destinationNAT(to address: IPAddress, _ port: UInt16) -> Clause {
        let family: TableFamily = address.family == .ipv4 ? .ipv4 : .ipv6
        let place = Register(rawValue: 2)
        return Clause(
            requirements: [.networkProtocol(family)],
            [
                .immediate(address.bytes, into: .first),
                .immediate(FieldValue.port(port).bytes, into: place),
                .nat(NetworkTranslation(.destination, family: family, address: .first, port: place)),
            ]
        )
    }

    /// Adds the fields to the set, or starts their timeout anew (`update`), as the packet passes.
    package static func insert(
        _ key: Selector...,
        into set: String,
        _ action: DynamicSetUpdate.Action = .update,
        timeoutSeconds: UInt32? = nil
    ) -> Clause {
        let update = DynamicSetUpdate(action, set: set, key: .first, timeoutSeconds: timeoutSeconds)
        return Clause(requirements: requirements(of: key), loads(key) + [.dynamicSet(update)])
    }

    private static func requirements(of key: [Selector]) -> [Requirement] {
        key.compactMap(\.requirement)
    }

    /// Each field begins at a word of its own.
    private static func loads(_ key: [Selector]) -> [Expression] {
        var word = 0
        return key.map { selector in
            defer { word += (selector.byteCount + 3) / 4 }
            return selector.load(into: .word(word))
        }
    }

    private static func lookup(_ set: String, into register: Register? = nil, isNegated: Bool = false) -> Expression {
        .lookup(set: set, key: .first, into: register, isNegated: isNegated)
    }
}

// MARK: - Actions

extension Clause {
    package static let accept = Clause([.verdict(.accept)])
    package static let drop = Clause([.verdict(.drop)])
    package static let `return` = Clause([.verdict(.return)])
    package static let counter = Clause([.counter])
    package static let notrack = Clause([.notrack])

    package static func jump(_ chain: String) -> Clause { Clause([.verdict(.jump(chain))]) }

    package static func goto(_ chain: String) -> Clause { Clause([.verdict(.goto(chain))]) }

    package static func reject(_ rejection: Rejection = .portUnreachable) -> Clause {
        Clause(requirements: rejection == .tcpReset ? [.transport(.tcp)] : [], [.reject(rejection)])
    }

    /// Source translation to an address of the outgoing interface.
    package static func masquerade(_ flags: TranslationFlags = .fullyRandom) -> Clause { Clause([.masquerade(flags)]) }

    /// Sets these bits of the packet's mark.
    package static func setMark(_ bits: UInt32) -> Clause { changeMark(keeping: ~bits, xor: bits) }

    /// Clears these bits of the packet's mark.
    package static func clearMark(_ bits: UInt32) -> Clause { changeMark(keeping: ~bits, xor: 0) }

    /// Inverts these bits of the packet's mark: clears one that an earlier match found set.
    package static func toggleMark(_ bits: UInt32) -> Clause { changeMark(keeping: .max, xor: bits) }

    private static func changeMark(keeping mask: UInt32, xor: UInt32) -> Clause {
        Clause([
            Selector.mark.load(),
            .bitwise(from: .first, into: .first, mask: mask.hostBytes, xor: xor.hostBytes),
            .setMeta(.mark, from: .first),
        ])
    }
}
