internal import CMnl
internal import CNftnl
internal import Glibc
package import LinuxSystem
internal import Synchronization

/// A netlink socket to nf_tables of one network namespace. Calls block until the kernel has done what they ask, which it
/// does at once; they may be made from any thread, one at a time.
package final class NftablesSocket: Sendable {
    private struct State: Sendable {
        var sequence: UInt32 = 0
        /// How many bytes the socket can send at once.
        var sendCapacity = 0
    }

    private let channel: NetfilterChannel
    private let state = Mutex(State())

    private init(_ channel: NetfilterChannel) {
        self.channel = channel
    }

    /// Opens a socket in the network namespace of the calling thread.
    package static func open() throws(NftablesError) -> NftablesSocket {
        NftablesSocket(try NetfilterChannel.open(groups: []))
    }

    /// Opens a socket in another network namespace; it stays there.
    package static func open(in namespace: NetworkNamespace) throws(NftablesError) -> NftablesSocket {
        NftablesSocket(try NetfilterChannel.open(groups: [], in: namespace))
    }

    /// The port id that notifications name as the cause of this socket's changes.
    package var portID: UInt32 { channel.portID }

    // MARK: Changing

    /// Makes the changes, all or none. With `generation` only if nobody has changed any ruleset of the namespace since
    /// then: else the error is stale.
    package func commit(
        _ transaction: consuming Transaction,
        expecting generation: UInt32? = nil
    ) throws(NftablesError) {
        let table = transaction.table
        let operations = transaction.operations
        guard !operations.isEmpty else { return }
        let failure: NftablesError? = state.withLock { state in
            do throws(NftablesError) {
                var builder = MessageBuilder(table, firstSequence: state.sequence)
                try builder.build(operations, expecting: generation)
                state.sequence = state.sequence &+ UInt32(truncatingIfNeeded: builder.origins.count)
                try send(builder.bytes, &state)
                let origins = builder.origins
                let first = builder.firstSequence
                try confirm { sequence in
                    let index = Int(sequence &- first)
                    guard let origin = origins.indices.contains(index) ? origins[index] : nil else {
                        return ("commit", "to table \(table)")
                    }
                    return (operations[origin].verb, operations[origin].subject(in: table))
                }
                return nil
            } catch {
                return error
            }
        }
        guard let failure else { return }
        throw failure.errno == .permission ? failure.owned(by: owner(of: table)) : failure
    }

    /// A batch is one datagram: the kernel takes what arrives in one as a whole.
    private func send(_ bytes: [UInt8], _ state: inout State) throws(NftablesError) {
        if bytes.count > state.sendCapacity {
            let capacity = max(bytes.count * 2, 256 * 1024)
            channel.setSendBuffer(capacity)
            state.sendCapacity = capacity
        }
        try channel.send(bytes, for: "commit", "a batch of \(bytes.count) bytes")
    }

    /// Reads what the kernel has to say of the batch. Its answers are there when the send returns. The first error
    /// counts: later messages fail because of it, or are even acknowledged.
    private func confirm(_ origin: (UInt32) -> (String, String)) throws(NftablesError) {
        var acknowledged = false
        var failure: NftablesError?
        while let datagram = try channel.receive(waiting: false, for: "commit", "the kernel's answers") {
            for message in ReceivedMessage.messages(in: datagram) where message.type == ReceivedMessage.error {
                guard let report = ErrorReport(message) else { continue }
                if report.errno == nil {
                    acknowledged = true
                } else if failure == nil, let errno = report.errno {
                    let (operation, subject) = origin(report.sequence)
                    failure = NftablesError(operation, subject, .kernel(errno), detail: report.text)
                }
            }
        }
        if let failure { throw failure }
        guard acknowledged else {
            throw NftablesError("commit", "a batch", .invalid("the kernel did not acknowledge it"))
        }
    }

    // MARK: Reading

    /// The number of the ruleset's present generation.
    package func generation() throws(NftablesError) -> UInt32 {
        var generation: UInt32?
        try request(.getGeneration, family: 0, subject: "the ruleset's generation") { message in
            if message.kind == .newGeneration { generation = message.attributes.number(1) }
        }
        guard let generation else {
            throw NftablesError("read", "the ruleset's generation", .invalid("the answer has none"))
        }
        return generation
    }

    /// Sends a request and hands each message of the answer to `body`. Throws the kernel's error, stale if the answer
    /// was interrupted by a change.
    func request(
        _ kind: Message,
        _ flags: MessageFlags = .acknowledge,
        family: UInt8,
        subject: String,
        attributes: [(type: UInt16, text: String)] = [],
        _ body: (ReceivedMessage) -> Void
    ) throws(NftablesError) {
        if let failure = answer(kind, flags, family: family, subject: subject, attributes: attributes, body) {
            throw failure
        }
    }

    /// The same, for who wants to look at the error: nil is success.
    func answer(
        _ kind: Message,
        _ flags: MessageFlags = .acknowledge,
        family: UInt8,
        subject: String,
        attributes: [(type: UInt16, text: String)] = [],
        _ body: (ReceivedMessage) -> Void = { _ in }
    ) -> NftablesError? {
        state.withLock { state in
            do throws(NftablesError) {
                let sequence = state.sequence
                state.sequence &+= 1
                let bytes = Self.request(kind, flags, family: family, sequence: sequence, attributes)
                try channel.send(bytes, for: "read", subject)
                try receive(answerTo: sequence, subject, body)
                return nil
            } catch {
                return error
            }
        }
    }

    private func receive(
        answerTo sequence: UInt32,
        _ subject: String,
        _ body: (ReceivedMessage) -> Void
    ) throws(NftablesError) {
        var isInterrupted = false
        while let datagram = try channel.receive(waiting: true, for: "read", subject) {
            for message in ReceivedMessage.messages(in: datagram) where message.sequence == sequence {
                isInterrupted = isInterrupted || message.isInterrupted
                switch message.type {
                case ReceivedMessage.done:
                    if isInterrupted { throw NftablesError("read", subject, .kernel(.restart)) }
                    return
                case ReceivedMessage.error:
                    guard let report = ErrorReport(message), let errno = report.errno else { return }
                    throw NftablesError("read", subject, .kernel(errno), detail: report.text)
                default:
                    body(message)
                }
            }
        }
    }

    private static func request(
        _ kind: Message,
        _ flags: MessageFlags,
        family: UInt8,
        sequence: UInt32,
        _ attributes: [(type: UInt16, text: String)]
    ) -> [UInt8] {
        var buffer = [CChar](repeating: 0, count: 1024)
        return unsafe buffer.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress,
                let header = unsafe nftnl_nlmsg_build_hdr(base, kind.rawValue, UInt16(family), flags.rawValue, sequence)
            else { return [] }
            for attribute in attributes {
                _ = unsafe mnl_attr_put_strz_check(header, buffer.count, attribute.type, attribute.text)
            }
            let length = Int(unsafe header.pointee.nlmsg_len)
            return unsafe Array(UnsafeRawBufferPointer(start: UnsafeRawPointer(header), count: length))
        }
    }
}

extension MessageBuilder {
    /// The whole batch.
    fileprivate mutating func build(
        _ operations: [Operation],
        expecting generation: UInt32?
    ) throws(NftablesError) {
        begin(expecting: generation)
        var last = bytes.count
        for (index, operation) in operations.enumerated() {
            origin = index
            let start = bytes.count
            if let problem = operation.write(to: &self) {
                throw NftablesError(operation.verb, operation.subject(in: table), .invalid(problem))
            }
            if bytes.count > start { last = start }
        }
        acknowledgeLast(startingAt: last)
        end()
    }
}
