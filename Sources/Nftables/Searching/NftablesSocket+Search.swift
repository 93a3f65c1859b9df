package import NetworkTypes

extension NftablesSocket: RuleSource {}

extension NftablesSocket {
    /// The rules of others that take new TCP connections for ports of this host before a socket sees them.
    ///
    /// - Parameters:
    ///   - addresses: those of this host.
    ///   - own: tables that are not looked at.
    package func translations(
        of ports: Set<UInt16>,
        at addresses: Set<IPAddress>,
        except own: Set<Table>
    ) throws(NftablesError) -> [PortTranslation] {
        var found: [PortTranslation] = []
        for (table, chain) in try entrances() where !own.contains(table) {
            // NFT_TABLE_F_DORMANT
            guard let flags = try flags(of: table), flags & 1 == 0 else { continue }
            let rules = ReadRules(self)
            for port in ports.sorted() {
                var search = TranslationSearch(rules, table, SoughtPacket(port: port, addresses: addresses))
                try search.follow(chain)
                for translation in search.found where !found.contains(translation) { found.append(translation) }
            }
        }
        return found
    }

    /// The chains in which addresses of packets from outside are translated, the first first.
    private func entrances() throws(NftablesError) -> [(table: Table, chain: String)] {
        var chains: [(table: Table, chain: Chain)] = []
        try request(.getChain, .dump, family: 0, subject: "the chains of all tables") { message in
            // Only chains at hooks have a type.
            guard message.attributes.text(7) == ChainType.nat.rawValue,
                let name = message.attributes.text(1), !name.isEmpty
            else { return }
            let table = Table(name, family: TableFamily(rawValue: message.family))
            guard let found = Chain.read(message, of: table) else { return }
            if found.chain.base?.hook == .prerouting { chains.append((table, found.chain)) }
        }
        return chains.sorted { ($0.chain.base?.priority ?? 0) < ($1.chain.base?.priority ?? 0) }
            .map { ($0.table, $0.chain.name) }
    }
}

/// What was read of one table already, so that the next port costs nothing.
private final class ReadRules: RuleSource {
    private let socket: NftablesSocket
    private var chains: [String: [Rule]] = [:]
    private var sets: [String: [SetElement]?] = [:]

    init(_ socket: NftablesSocket) {
        self.socket = socket
    }

    func rules(ofChain chain: String, in table: Table) throws(NftablesError) -> [Rule] {
        if let known = chains[chain] { return known }
        let rules = try socket.rules(ofChain: chain, in: table)
        chains[chain] = rules
        return rules
    }

    func elements(ofSet name: String, in table: Table) throws(NftablesError) -> [SetElement]? {
        if let known = sets[name] { return known }
        let elements = try socket.elements(ofSet: name, in: table)
        sets[name] = elements
        return elements
    }
}
