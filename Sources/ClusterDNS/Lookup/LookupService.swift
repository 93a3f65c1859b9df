import LinuxSystem

/// Does what an `AddressLookup` wants done, on a thread of its own.
struct LookupService: PacketService {
    private var lookup: AddressLookup
    private var exchanges: ForwarderExchanges
    private let mailbox: Mailbox<[SecureOutcome]>
    private let deliver: @Sendable (LookupAnswer) -> Void
    private var generator = SystemRandomNumberGenerator()
    private var hasBegun = false

    /// - Parameters:
    ///   - secure: for servers over TLS; what comes of that lies in the mailbox.
    ///   - deliver: takes the answer, on the service's thread.
    init(
        _ lookup: AddressLookup,
        over secure: SecureTransport,
        _ mailbox: Mailbox<[SecureOutcome]>,
        delivering deliver: @escaping @Sendable (LookupAnswer) -> Void
    ) {
        self.lookup = lookup
        exchanges = ForwarderExchanges(worker: 0, secure)
        self.mailbox = mailbox
        self.deliver = deliver
    }

    mutating func begin(_ ports: PacketPorts) {
        if !hasBegun {
            hasBegun = true
            run(ports) { lookup, generator in lookup.begin(now: ports.now, using: &generator) }
        }
        for outcome in mailbox.take() ?? [] {
            switch outcome.result {
            case .received(let packet): receive(packet.span, on: .secure(outcome.question), ports)
            case .failed(let reason): fail(.secure(outcome.question), reason, ports)
            }
        }
    }

    mutating func receive(_ packet: Span<UInt8>, on exchange: PacketExchange.ID, _ ports: PacketPorts) {
        receive(packet, on: .own(exchange), ports)
    }

    mutating func fail(_ exchange: PacketExchange.ID, _ reason: Errno, _ ports: PacketPorts) {
        fail(.own(exchange), "\(reason)", ports)
    }

    var deadline: Duration? { lookup.deadline }

    mutating func expire(_ ports: PacketPorts) {
        run(ports) { lookup, generator in lookup.expire(now: ports.now, using: &generator) }
    }

    /// A thread that is to end has given its answer, or nobody wants it.
    func owesReplies(_ ports: PacketPorts) -> Bool { false }

    /// It has no servers.
    mutating func answer(
        _ packet: Span<UInt8>,
        from origin: PacketOrigin,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer { .done }

    private mutating func receive(
        _ packet: Span<UInt8>,
        on exchange: ForwarderExchanges.Exchange,
        _ ports: PacketPorts
    ) {
        guard let attempt = exchanges[exchange] else { return }
        perform(lookup.receive(packet, on: attempt, now: ports.now, using: &generator), ports)
    }

    private mutating func fail(_ exchange: ForwarderExchanges.Exchange, _ reason: String, _ ports: PacketPorts) {
        guard let attempt = exchanges.remove(exchange) else { return }
        perform(lookup.fail(attempt, reason, now: ports.now, using: &generator), ports)
    }

    private mutating func run(
        _ ports: PacketPorts,
        _ event: (inout AddressLookup, inout SystemRandomNumberGenerator) -> LookupActions
    ) {
        perform(event(&lookup, &generator), ports)
    }

    private mutating func perform(_ actions: LookupActions, _ ports: PacketPorts) {
        var pending = [actions]
        while let current = pending.popLast() {
            for failed in exchanges.perform(ends: current.ends, starts: current.starts, ports) {
                pending.append(lookup.fail(failed.attempt, failed.reason, now: ports.now, using: &generator))
            }
        }
        if let answer = lookup.answer { deliver(answer) }
    }
}
