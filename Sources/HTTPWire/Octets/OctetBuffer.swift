/// Octets that grow at their end and are taken from their front. It keeps its memory.
package struct OctetBuffer: ~Copyable, Sendable {
    /// The octets, of which `octets.span` lends a view.
    package private(set) var octets: [UInt8] = []

    package init() {}

    /// - Parameter capacity: how many octets there is room for before more memory is taken.
    package init(capacity: Int) {
        octets.reserveCapacity(capacity)
    }

    @inlinable
    package var count: Int { octets.count }

    @inlinable
    package var isEmpty: Bool { octets.isEmpty }

    package mutating func append(_ octet: UInt8) { octets.append(octet) }

    package mutating func append(_ source: Span<UInt8>) {
        unsafe source.withUnsafeBufferPointer { unsafe octets.append(contentsOf: $0) }
    }

    package mutating func append(_ source: Span<UInt8>, _ range: Range<Int>) { append(source.extracting(range)) }

    package mutating func append(_ source: [UInt8]) { octets.append(contentsOf: source) }

    package mutating func append(_ text: StaticString) {
        unsafe octets.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    package mutating func append(_ text: String) { octets.append(contentsOf: text.utf8) }

    package mutating func removeAll() { octets.removeAll(keepingCapacity: true) }

    /// Removes octets from the front: at most as many as there are.
    package mutating func removeFirst(_ count: Int) { octets.removeFirst(min(count, octets.count)) }
}
