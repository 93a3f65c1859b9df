/// The host that a request names, as hosts are compared: in lower case, without port and without the dot at the end.
/// It keeps its memory for the next request.
package struct HostName: Sendable {
    /// The host; empty if none is named. An IPv6 address has its brackets.
    package private(set) var octets: [UInt8] = []
    /// nil if none is named.
    package private(set) var port: UInt16?

    package init() {}

    /// Takes the host of another request.
    ///
    /// - Parameter authority: where host and port stand, as in `RequestHead.authority`.
    /// - Returns: whether they are well formed. nil and nothing are.
    package mutating func normalise(_ octets: Span<UInt8>, _ authority: Range<Int>?) -> Bool {
        self.octets.removeAll(keepingCapacity: true)
        port = nil
        guard let authority, !authority.isEmpty else { return true }
        guard let parts = Authority(octets, authority) else { return false }
        port = parts.port
        self.octets.append(addingCapacity: parts.host.count) { $0.append(folded: octets.extracting(parts.host)) }
        if self.octets.last == 0x2e { self.octets.removeLast() }
        return true
    }
}
