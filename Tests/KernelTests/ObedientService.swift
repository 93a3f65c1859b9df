import LinuxSystem

/// A service that does what the first octet of a packet says.
struct ObedientService: PacketService {
    enum Command: UInt8 {
        /// The whole packet is the reply.
        case echo
        /// The reply has as many octets as the next two say.
        case size
        /// No reply.
        case ignore
        /// The whole packet is the reply, later.
        case later
        /// The reply is made before the service says that it comes later.
        case laterAtOnce
        /// The rest goes to the `upstream`, and the first that comes back is the reply; or an octet that says why none did.
        case ask
    }

    struct Held: Sendable {
        let origin: PacketOrigin
        let packet: [UInt8]
    }

    let mark: UInt8
    let jobs: JobQueue
    /// What waits to be answered.
    var held: [Held] = []
    /// How many packets were answered.
    var answered = 0
    /// Where `ask` asks, and for how long.
    var upstream: (transport: PacketTransport, address: PacketAddress, port: UInt16)?
    var patience: Duration?
    /// Who waits for an exchange, and until when.
    private var asking: [PacketExchange.ID: (origin: PacketOrigin, end: Duration?)] = [:]
    /// What exchanges got after they had ended.
    var strays = 0

    init(mark: UInt8, jobs: JobQueue) {
        self.mark = mark
        self.jobs = jobs
    }

    mutating func begin(_ ports: PacketPorts) {
        for job in jobs.take() { job(&self, ports) }
    }

    mutating func answer(
        _ packet: Span<UInt8>,
        from origin: PacketOrigin,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer {
        let octets = packet.indices.map { packet[$0] }
        answered += 1
        switch octets.first.flatMap(Command.init) {
        case .echo:
            let content = marked(octets)
            for octet in content { reply.append(octet) }
        case .size:
            let size = Int(octets[1]) << 8 | Int(octets[2])
            for index in 0..<size { reply.append(index == 0 ? mark : octets[3]) }
        case .ignore, nil: break
        case .later:
            held.append(Held(origin: origin, packet: octets))
            return .later
        case .laterAtOnce:
            ports.reply(marked(octets).span, to: origin)
            return .later
        case .ask:
            ask(octets, for: origin, ports)
            return .later
        }
        return .done
    }

    private func marked(_ octets: [UInt8]) -> [UInt8] { [mark] + octets.dropFirst() }

    /// Answers what waits, in an order of its own.
    mutating func release(_ ports: PacketPorts, order: ([Held]) -> [Held] = { $0 }) {
        for one in order(held) { ports.reply(marked(one.packet).span, to: one.origin) }
        held = []
    }

    // MARK: - Exchanges

    private mutating func ask(_ octets: [UInt8], for origin: PacketOrigin, _ ports: PacketPorts) {
        guard let upstream else { return }
        do {
            let rest = Array(octets.dropFirst())
            let id = try ports.begin(rest, with: upstream.address, port: upstream.port, over: upstream.transport)
            asking[id] = (origin, patience.map { ports.now + $0 })
        } catch {
            ports.reply([UInt8(error.errno.rawValue)].span, to: origin)
        }
    }

    mutating func receive(_ packet: Span<UInt8>, on exchange: PacketExchange.ID, _ ports: PacketPorts) {
        guard let asker = asking.removeValue(forKey: exchange) else {
            strays += 1
            return
        }
        ports.end(exchange)
        ports.reply(packet, to: asker.origin)
    }

    mutating func fail(_ exchange: PacketExchange.ID, _ reason: Errno, _ ports: PacketPorts) {
        guard let asker = asking.removeValue(forKey: exchange) else { return }
        ports.reply([UInt8(reason.rawValue)].span, to: asker.origin)
    }

    var deadline: Duration? { asking.values.compactMap(\.end).min() }

    mutating func expire(_ ports: PacketPorts) {
        for (id, asker) in asking where asker.end.map({ $0 <= ports.now }) == true {
            asking[id] = nil
            ports.end(id)
            ports.reply([UInt8(Errno.timedOut.rawValue)].span, to: asker.origin)
        }
    }
}
