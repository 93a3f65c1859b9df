import DNSWire
import NetworkTypes

/// Names and addresses of a `hosts` directive.
struct HostsTable: Hashable, Sendable {
    /// The zones whose names count.
    let zones: [DNSName]
    private(set) var ttl: UInt32 = 3600
    private(set) var fallsThrough = FallThrough.none
    /// Types that hosts have not are left to the next one.
    private(set) var leavesOtherTypes = false
    private var hasReverse = true
    private var addresses: [DNSName: [IPAddress]] = [:]
    /// By what any one label may stand before.
    private var wildcards: [DNSName: [IPAddress]] = [:]
    private var names: [IPAddress: [DNSName]] = [:]

    /// `hosts [FILE [ZONES]] { lines and options }`.
    init(
        _ directive: CorefileDirective,
        zones blockZones: [DNSName],
        _ context: CustomContext,
        _ complaints: inout [CustomComplaint]
    ) throws(CorefileFault) {
        var zones: [DNSName] = directive.arguments.count > 1 ? [] : blockZones
        for argument in directive.arguments.dropFirst() { zones += try CorefileZone.names(argument, in: directive) }
        self.zones = zones
        var lines: [(token: CorefileToken, text: String)] = []
        for line in directive.block {
            if try !readOption(line, directive, &complaints) {
                lines.append((line[0], line.map(\.text).joined(separator: " ")))
            }
        }
        if let file = directive.arguments.first { read(file, context, &complaints) }
        for line in lines where !take(NodeHosts(line.text)) {
            let reason = "'\(line.text)' is no address with names: correct the line"
            complaints.append(CustomComplaint(.unsupported, at: line.token, in: "hosts", reason))
        }
    }

    /// False for a line of an address and names.
    private mutating func readOption(
        _ line: [CorefileToken],
        _ directive: CorefileDirective,
        _ complaints: inout [CustomComplaint]
    ) throws(CorefileFault) -> Bool {
        switch line[0].text {
        case "fallthrough": fallsThrough = try FallThrough(line, in: directive)
        case "fallthrough_unsupported": leavesOtherTypes = true
        case "no_reverse": hasReverse = false
        case "ttl":
            guard line.count > 1, let ttl = UInt32(line[1].text), (1...65_535).contains(ttl) else {
                throw directive.fault("ttl needs a number of seconds from 1 to 65535", at: line[0])
            }
            self.ttl = ttl
        case "reload":
            guard line.count == 2, CorefileDuration.isDuration(line[1].text) else {
                throw directive.fault("reload needs a time such as 15s", at: line[0])
            }
            complaints.append(
                CustomComplaint(
                    .effectless,
                    at: line[0],
                    in: "hosts",
                    "reload has no effect: changes are taken at once"
                )
            )
        default:
            guard fallsThrough == .none else {
                let reason = "'\(line[0].text)' is none of its options; lines of addresses stand before fallthrough"
                throw directive.fault(reason, at: line[0])
            }
            return false
        }
        return true
    }

    private mutating func read(
        _ file: CorefileToken,
        _ context: CustomContext,
        _ complaints: inout [CustomComplaint]
    ) {
        let key = CustomFile.key(ofPath: file.text)
        let text = file.text == CustomFile.nodeHostsPath ? context.nodeHosts : key.flatMap { context.files[$0] }
        guard let text else {
            let reason = "there is no \(file.text): of files only keys of this ConfigMap and NodeHosts are read"
            complaints.append(CustomComplaint(.unsupported, at: file, in: "hosts", reason))
            return
        }
        let hosts = NodeHosts(text)
        _ = take(hosts)
        guard !hosts.unreadableLines.isEmpty else { return }
        let lines = hosts.unreadableLines.map { "\($0)" }.joined(separator: ", ")
        let reason = "\(file.text) has lines that say nothing (\(lines)): correct them"
        complaints.append(CustomComplaint(.unsupported, at: file, in: "hosts", reason))
    }

    /// False if there is something that is not understood.
    private mutating func take(_ hosts: NodeHosts) -> Bool {
        for (wire, addresses) in hosts.addresses.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            guard let name = try? DNSName(wire: wire), zones.longestZone(of: name) != nil else { continue }
            if let parent = HostName.parentOfWildcard(wire).flatMap({ try? DNSName(wire: $0) }) {
                wildcards[parent, default: []] += addresses
                continue
            }
            self.addresses[name, default: []] += addresses
            if hasReverse {
                for address in addresses { names[address, default: []].append(name) }
            }
        }
        return hosts.unreadableLines.isEmpty
    }

    /// The addresses of a name; nil if it has none.
    func addresses(of name: DNSName) -> [IPAddress]? {
        addresses[name] ?? name.parent.flatMap { wildcards[$0] }
    }

    /// The names of an address; nil if it has none.
    func names(of address: IPAddress) -> [DNSName]? { names[address] }
}
