import LinuxSystem

/// What carries requests to the kernel and replies back.
protocol MessageChannel: ~Copyable, Sendable {
    /// The number that the kernel gave the socket.
    var portID: UInt32 { get }
    /// Sends one or more messages in one go. The kernel has carried them out when this returns.
    mutating func send(_ bytes: [UInt8]) throws(Errno)
    /// Receives once and calls `body` with each message. EAGAIN if nothing came in time.
    mutating func receive(_ body: (MessageHeader, RawSpan) -> Void) throws(Errno)
}

/// Requests and their replies over one channel.
struct NetlinkExchange<Channel: MessageChannel & ~Copyable>: ~Copyable, Sendable {
    private var channel: Channel
    private var sequence: UInt32 = 0

    /// How often a dump is begun again when the table changes under it.
    private static var attempts: Int { 20 }

    init(_ channel: consuming Channel) {
        self.channel = channel
    }

    var portID: UInt32 { channel.portID }

    /// Sends a request that nobody waits for an answer of.
    mutating func send(_ message: NetlinkMessage) throws(Refusal) {
        _ = try transmit([message])
    }

    /// Sends a request and calls `body` with the payload of its one reply.
    mutating func query(_ message: NetlinkMessage, _ body: (RawSpan) -> Void) throws(Refusal) {
        let sequence = try transmit([message])
        var outcome: Refusal??
        while outcome == nil {
            try receive { header, payload in
                guard header.sequence == sequence else { return }
                switch header.type {
                case .error: outcome = .some(Acknowledgement.refusal(in: payload, flags: header.flags))
                case .noop: break
                default:
                    body(payload)
                    outcome = .some(nil)
                }
            }
        }
        if let refusal = outcome ?? nil { throw refusal }
    }

    /// Sends a request for a table, and returns what `parse` makes of its entries.
    ///
    /// When the kernel says that the table changed meanwhile, it is read again.
    mutating func dump<Entry>(
        _ message: NetlinkMessage,
        _ parse: (MessageHeader, RawSpan) -> Entry?
    ) throws(Refusal) -> [Entry] {
        for _ in 0..<Self.attempts {
            if let entries = try dumpOnce(message, parse) { return entries }
        }
        throw Refusal(errno: .again, message: "the table changes faster than it can be read")
    }

    /// Sends requests that ask for acknowledgements, many at a time. Returns one result each: nil for done.
    mutating func acknowledge(_ messages: [NetlinkMessage]) -> [Refusal?] {
        let sendable = messages.filter(\.isComplete)
        var answers: [Refusal?] = []
        answers.reserveCapacity(sendable.count)
        while answers.count < sendable.count {
            answers += acknowledge(batch: sendable[answers.count...].firstBatch)
        }
        var next = answers.makeIterator()
        return messages.map { message in
            message.isComplete ? next.next() ?? nil : Refusal(errno: .messageTooLong)
        }
    }

    private mutating func acknowledge(batch: ArraySlice<NetlinkMessage>) -> [Refusal?] {
        var results: [Refusal??] = Array(repeating: nil, count: batch.count)
        var missing = batch.count
        do throws(Refusal) {
            let first = try transmit(batch)
            while missing > 0 {
                try receive { header, payload in
                    guard header.type == .error else { return }
                    // Whatever is not an answer to this batch is left over from an exchange that was given up.
                    let place = Int(header.sequence &- first)
                    guard place < results.count, results[place] == nil else { return }
                    results[place] = .some(Acknowledgement.refusal(in: payload, flags: header.flags))
                    missing -= 1
                }
            }
        } catch {
            return results.map { $0 ?? error }
        }
        return results.map { $0 ?? nil }
    }

    private mutating func dumpOnce<Entry>(
        _ message: NetlinkMessage,
        _ parse: (MessageHeader, RawSpan) -> Entry?
    ) throws(Refusal) -> [Entry]? {
        let sequence = try transmit([message])
        var entries: [Entry] = []
        var wasInterrupted = false
        var outcome: Refusal??
        while outcome == nil {
            do throws(Refusal) {
                try receive { header, payload in
                    guard header.sequence == sequence, outcome == nil else { return }
                    if header.flags.contains(.dumpInterrupted) { wasInterrupted = true }
                    switch header.type {
                    case .done:
                        outcome = .some(Acknowledgement.refusal(endingDump: payload, flags: header.flags))
                    case .error: outcome = .some(Acknowledgement.refusal(in: payload, flags: header.flags))
                    case .noop: break
                    case .overrun: wasInterrupted = true
                    default: if let entry = parse(header, payload) { entries.append(entry) }
                    }
                }
            } catch {
                // Parts of the dump were lost; the rest of it bears a number that no later request has.
                guard error.errno == .noBufferSpace else { throw error }
                return nil
            }
        }
        if let refusal = outcome ?? nil { throw refusal }
        return wasInterrupted ? nil : entries
    }

    /// Numbers the messages, sends them in one go, and returns the number of the first.
    private mutating func transmit(_ messages: some Collection<NetlinkMessage>) throws(Refusal) -> UInt32 {
        let first = sequence &+ 1
        var bytes: [UInt8] = []
        for var message in messages {
            guard message.isComplete else { throw Refusal(errno: .messageTooLong) }
            sequence &+= 1
            message.setSequence(sequence)
            bytes += message.bytes
        }
        do throws(Errno) {
            try channel.send(bytes)
        } catch {
            throw Refusal(errno: error)
        }
        return first
    }

    private mutating func receive(_ body: (MessageHeader, RawSpan) -> Void) throws(Refusal) {
        do throws(Errno) {
            try channel.receive(body)
        } catch .again {
            throw Refusal(errno: .timedOut, message: nil)
        } catch {
            throw Refusal(errno: error)
        }
    }
}

extension ArraySlice<NetlinkMessage> {
    /// The longest run of messages from the first on that one send may carry. At least one, if there is any.
    ///
    /// Acknowledgements wait in the receive buffer while the kernel works through one send.
    var firstBatch: ArraySlice<NetlinkMessage> {
        var bytes = 0
        let run = prefix(128).prefix { message in
            bytes += message.bytes.count
            return bytes <= 32 * 1024
        }
        return run.isEmpty ? prefix(1) : run
    }
}
