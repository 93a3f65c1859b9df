/// What is asked (RFC 1035 section 4.1.2).
package struct Question: Hashable, Sendable {
    package var name: DNSName
    package var type: RecordType
    package var recordClass: RecordClass

    package init(_ name: DNSName, _ type: RecordType, class recordClass: RecordClass = .in) {
        self.name = name
        self.type = type
        self.recordClass = recordClass
    }
}

extension Question: CustomStringConvertible {
    package var description: String { "\(name) \(recordClass) \(type)" }
}
