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

    /// Appends several pieces, for which room is looked for once.
    ///
    /// - Parameter room: at least the octets of all pieces.
    @inline(__always)
    mutating func append(room: Int, _ write: (inout OutputSpan<UInt8>) -> Void) {
        octets.append(addingCapacity: room, initializingWith: write)
    }

    package mutating func append(_ octet: UInt8) { octets.append(octet) }

    package mutating func append(_ source: Span<UInt8>) {
        append(room: source.count) { $0.append(source) }
    }

    package mutating func append(_ source: Span<UInt8>, _ range: Range<Int>) { append(source.extracting(range)) }

    package mutating func append(_ source: [UInt8]) { append(source.span) }

    package mutating func append(_ text: StaticString) {
        append(room: text.utf8CodeUnitCount) { $0.append(text) }
    }

    package mutating func append(_ text: String) { octets.append(contentsOf: text.utf8) }

    mutating func replace(at index: Int, with octet: UInt8) { octets[index] = octet }

    package mutating func removeAll() {
        // Most that are emptied are empty, and to find out costs less than to replace nothing by nothing.
        if !octets.isEmpty { octets.removeAll(keepingCapacity: true) }
    }

    /// Removes octets from the end: at most as many as there are.
    mutating func removeLast(_ count: Int) { octets.removeLast(min(count, octets.count)) }

    /// Removes octets from the front: at most as many as there are.
    package mutating func removeFirst(_ count: Int) { octets.removeFirst(min(count, octets.count)) }
}

// Octet by octet, with a check for each, a head would cost several times what it does (decision 28). Each function here
// copies at once what it has found room for.
extension OutputSpan<UInt8> {
    /// Appends octets, for which there has to be room.
    @inlinable @inline(__always)
    package mutating func append(_ source: Span<UInt8>) {
        precondition(source.count <= freeCapacity)
        unsafe source.withUnsafeBufferPointer { source in
            unsafe withUnsafeMutableBufferPointer { target, count in
                unsafe UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(target)[count...])
                    .copyMemory(from: UnsafeRawBufferPointer(source))
                count &+= source.count
            }
        }
    }

    /// Appends a text, for which there has to be room.
    @inlinable @inline(__always)
    package mutating func append(_ text: StaticString) {
        let source = unsafe UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        append(unsafe source.span)
    }

    /// Appends octets with A…Z in lower case, for which there has to be room.
    @inline(__always)
    mutating func append(folded source: Span<UInt8>) {
        let start = count
        append(source)
        var octets = mutableSpan
        for index in start..<octets.count { octets[index] = Octet.folded(octets[index]) }
    }
}
