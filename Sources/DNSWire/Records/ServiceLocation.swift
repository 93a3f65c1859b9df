/// The data of an SRV record (RFC 2782).
package struct ServiceLocation: Hashable, Sendable {
    /// The lowest is tried first.
    package var priority: UInt16
    /// The share among those of one priority.
    package var weight: UInt16
    package var port: UInt16
    /// Never compressed when written.
    package var target: DNSName

    package init(priority: UInt16 = 0, weight: UInt16, port: UInt16, target: DNSName) {
        self.priority = priority
        self.weight = weight
        self.port = port
        self.target = target
    }
}

extension ServiceLocation: CustomStringConvertible {
    package var description: String { "\(priority) \(weight) \(port) \(target)" }
}
