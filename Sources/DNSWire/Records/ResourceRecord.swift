/// A resource record (RFC 1035 section 4.1.3), decoded.
package struct ResourceRecord: Hashable, Sendable {
    /// The name that the record is about.
    package var name: DNSName
    package var recordClass: RecordClass
    /// How long it may be cached, in seconds. At most 2^31 - 1; more counts as zero (RFC 2181 section 8).
    package var ttl: UInt32
    package var data: RecordData

    package init(_ name: DNSName, class recordClass: RecordClass = .in, ttl: UInt32, _ data: RecordData) {
        self.name = name
        self.recordClass = recordClass
        self.ttl = ttl
        self.data = data
    }

    package var type: RecordType { data.type }
}

extension ResourceRecord: CustomStringConvertible {
    /// A line of a zone file: `a.example. 5 IN A 192.0.2.1`.
    package var description: String { "\(name) \(ttl) \(recordClass) \(type) \(data)" }
}
