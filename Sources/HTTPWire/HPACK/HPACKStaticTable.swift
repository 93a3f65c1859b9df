/// The fields that need no telling (RFC 7541 appendix A).
struct HPACKStaticTable: Sendable {
    static let shared = HPACKStaticTable()

    /// The highest index.
    static let count = 61
    /// The highest index of a field with a value.
    private static let lastWithValue = 16

    /// In the order of their indices, from 1 on.
    private static let fields: [(name: StaticString, value: StaticString)] = [
        (":authority", ""),
        (":method", "GET"),
        (":method", "POST"),
        (":path", "/"),
        (":path", "/index.html"),
        (":scheme", "http"),
        (":scheme", "https"),
        (":status", "200"),
        (":status", "204"),
        (":status", "206"),
        (":status", "304"),
        (":status", "400"),
        (":status", "404"),
        (":status", "500"),
        ("accept-charset", ""),
        ("accept-encoding", "gzip, deflate"),
        ("accept-language", ""),
        ("accept-ranges", ""),
        ("accept", ""),
        ("access-control-allow-origin", ""),
        ("age", ""),
        ("allow", ""),
        ("authorization", ""),
        ("cache-control", ""),
        ("content-disposition", ""),
        ("content-encoding", ""),
        ("content-language", ""),
        ("content-length", ""),
        ("content-location", ""),
        ("content-range", ""),
        ("content-type", ""),
        ("cookie", ""),
        ("date", ""),
        ("etag", ""),
        ("expect", ""),
        ("expires", ""),
        ("from", ""),
        ("host", ""),
        ("if-match", ""),
        ("if-modified-since", ""),
        ("if-none-match", ""),
        ("if-range", ""),
        ("if-unmodified-since", ""),
        ("last-modified", ""),
        ("link", ""),
        ("location", ""),
        ("max-forwards", ""),
        ("proxy-authenticate", ""),
        ("proxy-authorization", ""),
        ("range", ""),
        ("referer", ""),
        ("refresh", ""),
        ("retry-after", ""),
        ("server", ""),
        ("set-cookie", ""),
        ("strict-transport-security", ""),
        ("transfer-encoding", ""),
        ("user-agent", ""),
        ("vary", ""),
        ("via", ""),
        ("www-authenticate", ""),
    ]

    private(set) var octets: [UInt8] = []
    /// Where the octets of a field end; at index 0, where those of the first begin.
    private var ends: [UInt16] = [0]
    private var nameCounts: [UInt8] = [0]
    /// How many fields from here on have the same name, and values.
    private var sameNames: [UInt8]

    private init() {
        sameNames = [UInt8](repeating: 0, count: Self.count + 1)
        for field in Self.fields {
            octets += Array(field.name.description.utf8) + Array(field.value.description.utf8)
            ends.append(UInt16(octets.count))
            nameCounts.append(UInt8(field.name.utf8CodeUnitCount))
        }
        for index in (1..<Self.count).reversed() where range(index).count > nameCount(index) {
            sameNames[index] = octets[name(index)] == octets[name(index + 1)] ? sameNames[index + 1] + 1 : 1
        }
    }

    /// Where name and value of a field are, one behind the other.
    ///
    /// - Parameter index: 1 to `count`.
    @inline(__always)
    func range(_ index: Int) -> Range<Int> { Int(ends[index &- 1])..<Int(ends[index]) }

    @inline(__always)
    func nameCount(_ index: Int) -> Int { Int(nameCounts[index]) }

    @inline(__always)
    func name(_ index: Int) -> Range<Int> { range(index).prefix(nameCount(index)) }

    /// The field of a value that is not empty, among those of the name that `index` is the first of.
    @inline(__always)
    func index(of value: Span<UInt8>, from index: Int) -> Int? {
        index <= Self.lastWithValue ? search(value, from: index) : nil
    }

    private func search(_ value: Span<UInt8>, from index: Int) -> Int? {
        for candidate in index..<index &+ Int(sameNames[index]) {
            let fixed = range(candidate).dropFirst(nameCount(candidate))
            if octets.span.extracting(fixed).isSame(as: value) { return candidate }
        }
        return nil
    }
}
