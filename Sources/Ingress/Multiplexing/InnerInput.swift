import HTTPWire

/// What a peer sends on a stream of HTTP/2, as octets of HTTP/1.
struct InnerInput: ~Copyable {
    /// What was not taken yet.
    private(set) var octets = OctetBuffer()
    /// Nothing will be added.
    private(set) var hasEnded = false
    private var body = HTTP2Body.none
    /// Octets of the body that count against the windows.
    private var uncredited = 0

    /// Lends what a head is to be written to.
    mutating func begin<Failure: Error>(
        isEnd: Bool,
        _ write: (inout OctetBuffer) throws(Failure) -> HTTP2Body
    ) throws(Failure) {
        body = try write(&octets)
        hasEnded = isEnd
    }

    /// Whether it is a WebSocket's from its head on.
    var isTunnel: Bool { body == .tunnel }

    /// - Returns: false if it is more, or less, than the head said.
    mutating func add(_ data: Span<UInt8>, isEnd: Bool) -> Bool {
        uncredited += data.count
        hasEnded = isEnd
        switch body {
        case .none: return data.isEmpty
        case .octets(let left):
            guard UInt64(data.count) <= left, !isEnd || UInt64(data.count) == left else { return false }
            body = .octets(left - UInt64(data.count))
            octets.append(data)
        case .chunked:
            if !data.isEmpty {
                octets.appendChunkHeader(data.count)
                octets.append(data)
                octets.append("\r\n" as StaticString)
            }
            if isEnd { octets.append("0\r\n\r\n" as StaticString) }
        case .tunnel: octets.append(data)
        }
        return true
    }

    mutating func addTrailers(_ fields: borrowing FieldSectionBuffer) throws(HTTP2HeadFault) {
        hasEnded = true
        switch body {
        case .none, .octets(0): break
        case .octets: throw .contentLength
        case .tunnel: throw .tunnel
        case .chunked: try fields.writeTrailers(to: &octets)
        }
    }

    /// Removes what was taken.
    ///
    /// - Returns: how many octets of the body are dealt with: all of them once nothing is left.
    mutating func take(_ count: Int) -> Int {
        guard count >= octets.count else {
            octets.removeFirst(count)
            return 0
        }
        if octets.octets.capacity > Self.keptCapacity { octets = OctetBuffer() } else { octets.removeAll() }
        defer { uncredited = 0 }
        return uncredited
    }

    private static let keptCapacity = 4_096
}
