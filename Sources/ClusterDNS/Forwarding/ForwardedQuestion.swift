package import DNSWire

/// What is asked of others, and what makes their answers differ. Questions that are equal share one answer.
package struct ForwardedQuestion: Hashable, Sendable {
    /// In the case in which it was asked first.
    package let name: DNSName
    package let type: RecordType
    package let recordClass: RecordClass
    /// DO: records of DNSSEC are wanted.
    package let dnssecOK: Bool
    /// CD: the server is not to validate.
    package let checkingDisabled: Bool

    package init(
        _ name: DNSName,
        _ type: RecordType,
        class recordClass: RecordClass = .in,
        dnssecOK: Bool = false,
        checkingDisabled: Bool = false
    ) {
        self.name = name
        self.type = type
        self.recordClass = recordClass
        self.dnssecOK = dnssecOK
        self.checkingDisabled = checkingDisabled
    }

    /// The same for another name.
    func asking(_ name: DNSName) -> ForwardedQuestion {
        ForwardedQuestion(
            name,
            type,
            class: recordClass,
            dnssecOK: dnssecOK,
            checkingDisabled: checkingDisabled
        )
    }

    /// The question of a query, or nil if this is not its packet.
    package init?(_ query: Query, in packet: Span<UInt8>) {
        guard let name = query.name(in: packet) else { return nil }
        self.init(
            name,
            query.type,
            class: query.recordClass,
            dnssecOK: query.edns?.dnssecOK ?? false,
            checkingDisabled: query.flags.contains(.checkingDisabled)
        )
    }
}
