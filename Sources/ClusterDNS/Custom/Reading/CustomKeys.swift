import DNSWire
package import NetworkTypes

/// The keys of the ConfigMap, read: what is to be done, and what is to be said.
///
/// A key with a fault keeps what it said when it had none, if it ever did; else what of it is understood counts.
package struct CustomKeys: Sendable {
    /// What a key says.
    private struct Reading {
        var chains: [CustomChain]
        /// That other keys may import.
        var snippets: [String: [CorefileToken]] = [:]
        var complaints: [CustomComplaint]

        var hasFault: Bool { complaints.contains { $0.weight == .fault } }
    }

    private static let overrideSuffix = ".override"
    private static let serverSuffix = ".server"

    package private(set) var configuration = CustomConfiguration()
    package private(set) var complaints: [CustomComplaint] = []
    /// The keys whose last good text is what counts.
    package private(set) var keptKeys: [String] = []
    private let own: Set<IPAddress>
    private var data: [String: String] = [:]
    private var nodeHosts = ""
    /// The chains of the last text without a fault.
    private var good: [String: (text: String, chains: [CustomChain])] = [:]

    /// - Parameter own: where we answer ourselves.
    package init(own: Set<IPAddress>) {
        self.own = own
    }

    /// The texts that count: what the keys say now, or said before if that is kept.
    var effectiveTexts: [String: String] {
        let kept = keptKeys.compactMap { key in good[key].map { (key, $0.text) } }
        return data.merging(kept) { $1 }
    }

    /// Takes the keys as they are now. Returns whether anything is different.
    ///
    /// - Parameter nodeHosts: the key `NodeHosts` of the ConfigMap `coredns`.
    package mutating func take(_ data: [String: String], nodeHosts: String) -> Bool {
        guard data != self.data || nodeHosts != self.nodeHosts else { return false }
        self.data = data
        self.nodeHosts = nodeHosts
        let (formerConfiguration, formerComplaints) = (configuration, complaints)
        configuration = CustomConfiguration()
        complaints = []
        keptKeys = []
        good = good.filter { data[$0.key] != nil }
        let context = CustomContext(own: own, files: data, nodeHosts: nodeHosts)
        var snippets: [String: [CorefileToken]] = [:]
        for key in data.keys.sorted() {
            if key.hasSuffix(Self.overrideSuffix) {
                add(Self.override(key, context), key)
            } else if key.hasSuffix(Self.serverSuffix) {
                let reading = Self.server(key, snippets, context)
                snippets = reading.snippets
                add(reading, key)
            }
        }
        return configuration != formerConfiguration || complaints != formerComplaints
    }

    private mutating func add(_ reading: Reading, _ key: String) {
        complaints += reading.complaints
        var chains = reading.chains
        if !reading.hasFault {
            good[key] = (data[key] ?? "", chains)
        } else if let former = good[key] {
            chains = former.chains
            keptKeys.append(key)
        }
        for chain in chains {
            if key.hasSuffix(Self.overrideSuffix) {
                configuration.main.append(chain)
            } else {
                addServer(chain, key)
            }
        }
    }

    private mutating func addServer(_ chain: CustomChain, _ key: String) {
        let taken = [DNSName.root] + configuration.servers.flatMap(\.zones)
        if let zone = chain.zones.first(where: taken.contains) {
            let reason =
                "\(zone) is served by another block already, or by the main one: put all directives into one block"
            complaints.append(CustomComplaint(CorefileFault(reason, key, line: 1)))
        } else {
            configuration.servers.append(chain)
        }
    }

    // MARK: - Reading

    private static func override(_ key: String, _ context: CustomContext) -> Reading {
        let parser = CorefileParser(directivesOf: key, in: context.files)
        var reader = ChainReader(zones: [.root], isMainBlock: true, context)
        reader.read(parser.directives)
        return Reading(chains: [reader.chain], complaints: reader.complaints + parser.complaints)
    }

    private static func server(
        _ key: String,
        _ snippets: [String: [CorefileToken]],
        _ context: CustomContext
    ) -> Reading {
        let parser = CorefileParser(blocksOf: key, in: context.files, snippets: snippets)
        var reading = Reading(chains: [], snippets: parser.snippets, complaints: [])
        for block in parser.blocks {
            do throws(CorefileFault) {
                guard let zones = try zones(of: block, &reading.complaints) else { continue }
                var reader = ChainReader(zones: zones, isMainBlock: false, context)
                reader.read(block.directives)
                reading.chains.append(reader.chain)
                reading.complaints += reader.complaints
            } catch {
                reading.complaints.append(CustomComplaint(error))
            }
        }
        reading.complaints += parser.complaints
        return reading
    }

    /// Nil if nobody could ask the block.
    private static func zones(
        of block: CorefileBlock,
        _ complaints: inout [CustomComplaint]
    ) throws(CorefileFault) -> [DNSName]? {
        var zones: [DNSName] = []
        for token in block.keys {
            let text = token.text.hasSuffix(",") ? String(token.text.dropLast()) : token.text
            if text.isEmpty { continue }
            do throws(ZoneFault) {
                let zone = try CorefileZone.read(text)
                guard zone.scheme ?? "dns" == "dns", zone.port ?? 53 == 53 else {
                    let reason =
                        "'\(text)': nobody asks here but over UDP and TCP on port 53: leave scheme and port out"
                    complaints.append(CustomComplaint(.unsupported, at: token, in: nil, reason))
                    continue
                }
                zones += zone.names
            } catch {
                throw CorefileFault("\(error)", at: token)
            }
        }
        return zones.isEmpty ? nil : zones
    }
}

extension CorefileParser {
    fileprivate var complaints: [CustomComplaint] { fault.map { [CustomComplaint($0)] } ?? [] }
}
