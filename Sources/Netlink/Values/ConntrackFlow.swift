package import NetworkTypes

/// A connection that the kernel tracks, as packets of its first direction and of its answers look.
package struct ConntrackFlow: Hashable, Sendable {
    /// The packets of one direction.
    package struct Direction: Hashable, Sendable {
        package var source: IPAddress
        package var destination: IPAddress
        /// Nil for protocols without ports.
        package var sourcePort: UInt16?
        /// Nil for protocols without ports.
        package var destinationPort: UInt16?

        package init(
            source: IPAddress,
            destination: IPAddress,
            sourcePort: UInt16? = nil,
            destinationPort: UInt16? = nil
        ) {
            self.source = source
            self.destination = destination
            self.sourcePort = sourcePort
            self.destinationPort = destinationPort
        }
    }

    package var transport: TransportProtocol
    /// As the first packet was before any translation.
    package var original: Direction
    /// As the kernel expects answers: their source is who really answers.
    package var reply: Direction
    /// Zero for nearly all: translation needs one zone.
    package var zone: UInt16
    /// Tells the flow from a later one of the same addresses and ports; nil if the kernel did not say.
    package var identifier: UInt32?

    package init(
        transport: TransportProtocol,
        original: Direction,
        reply: Direction,
        zone: UInt16 = 0,
        identifier: UInt32? = nil
    ) {
        self.transport = transport
        self.original = original
        self.reply = reply
        self.zone = zone
        self.identifier = identifier
    }
}

/// Which tracked connections are meant: those that have every value that is not nil.
package struct ConntrackFilter: Hashable, Sendable {
    package var family: AddressFamily
    package var transport: TransportProtocol
    /// Where the first packet was sent, before translation.
    package var originalDestination: IPAddress?
    /// Where the first packet was sent, before translation.
    package var originalDestinationPort: UInt16?
    /// Who answers, after translation: a backend.
    package var replySource: IPAddress?
    /// Who answers, after translation: a backend.
    package var replySourcePort: UInt16?

    package init(
        family: AddressFamily,
        transport: TransportProtocol,
        originalDestination: IPAddress? = nil,
        originalDestinationPort: UInt16? = nil,
        replySource: IPAddress? = nil,
        replySourcePort: UInt16? = nil
    ) {
        self.family = family
        self.transport = transport
        self.originalDestination = originalDestination
        self.originalDestinationPort = originalDestinationPort
        self.replySource = replySource
        self.replySourcePort = replySourcePort
    }

    /// Whether `flow` is one of those meant.
    package func matches(_ flow: ConntrackFlow) -> Bool {
        flow.transport == transport
            && flow.original.destination.family == family
            && (originalDestination ?? flow.original.destination) == flow.original.destination
            && (originalDestinationPort ?? flow.original.destinationPort) == flow.original.destinationPort
            && (replySource ?? flow.reply.source) == flow.reply.source
            && (replySourcePort ?? flow.reply.sourcePort) == flow.reply.sourcePort
    }
}

extension ConntrackFilter: CustomStringConvertible {
    /// The filter in the words of conntrack(8): `udp --orig-dst 192.0.2.1 --orig-port-dst 53`.
    package var description: String {
        let parts = [
            "\(transport)",
            originalDestination.map { "--orig-dst \($0)" } ?? "-f \(family == .ipv4 ? "ipv4" : "ipv6")",
            originalDestinationPort.map { "--orig-port-dst \($0)" },
            replySource.map { "--reply-src \($0)" },
            replySourcePort.map { "--reply-port-src \($0)" },
        ]
        return parts.compactMap(\.self).joined(separator: " ")
    }
}
