/// Reads field blocks in the plainest way: octets in arrays, fields in a list of strings. What is in Huffman's code it does
/// not read.
struct PlainFieldBlocks {
    /// Why a block is not read.
    enum Fault: Error {
        case malformed
        case coded
    }

    private var table: [(name: String, value: String)] = []
    private var size = 4_096
    private var rest: ArraySlice<UInt8> = []

    /// As `FieldBlocks.decode` has it, but without a limit.
    mutating func decode(_ block: [UInt8]) throws(Fault) -> String {
        rest = block[...]
        var fields: [String] = []
        var updates = 0
        while let first = rest.first {
            if first & 0x80 != 0 {
                let field = try field(try integer(7))
                fields.append("\(field.name): \(field.value)")
            } else if first & 0xe0 == 0x20 {
                updates += 1
                let size = try integer(5)
                guard fields.isEmpty, updates <= 2, size <= 4_096 else { throw .malformed }
                self.size = size
                evict()
            } else {
                let isKept = first & 0x40 != 0
                let index = try integer(isKept ? 6 : 4)
                let name = index == 0 ? try string() : try field(index).name
                let value = try string()
                fields.append((first & 0xf0 == 0x10 ? "!" : "") + "\(name): \(value)")
                if isKept {
                    table.insert((name, value), at: 0)
                    evict()
                }
            }
        }
        return fields.joined(separator: " | ")
    }

    private mutating func evict() {
        var sum = 0
        let kept = table.prefix {
            sum += Wire.octets($0.name).count + Wire.octets($0.value).count + 32
            return sum <= size
        }
        table = Array(kept)
    }

    private mutating func field(_ index: Int) throws(Fault) -> (name: String, value: String) {
        guard index > 0, index < 62 + table.count else { throw .malformed }
        return index < 62 ? Self.fixed[index - 1] : table[index - 62]
    }

    private mutating func octet() throws(Fault) -> UInt8 {
        guard let octet = rest.popFirst() else { throw .malformed }
        return octet
    }

    private mutating func integer(_ prefix: Int) throws(Fault) -> Int {
        var value = Int(try octet()) & (1 << prefix - 1)
        guard value == 1 << prefix - 1 else { return value }
        for place in 0..<5 {
            let octet = Int(try octet())
            value += (octet & 127) << (7 * place)
            if octet < 128 { return value }
        }
        throw .malformed
    }

    private mutating func string() throws(Fault) -> String {
        guard let first = rest.first else { throw .malformed }
        let count = try integer(7)
        guard count <= rest.count else { throw .malformed }
        guard first < 128 else { throw .coded }
        defer { rest = rest.dropFirst(count) }
        return Wire.text(rest.prefix(count))
    }

    private static let fixed: [(name: String, value: String)] = [
        (":authority", ""), (":method", "GET"), (":method", "POST"), (":path", "/"), (":path", "/index.html"),
        (":scheme", "http"), (":scheme", "https"), (":status", "200"), (":status", "204"), (":status", "206"),
        (":status", "304"), (":status", "400"), (":status", "404"), (":status", "500"), ("accept-charset", ""),
        ("accept-encoding", "gzip, deflate"), ("accept-language", ""), ("accept-ranges", ""), ("accept", ""),
        ("access-control-allow-origin", ""), ("age", ""), ("allow", ""), ("authorization", ""), ("cache-control", ""),
        ("content-disposition", ""), ("content-encoding", ""), ("content-language", ""), ("content-length", ""),
        ("content-location", ""), ("content-range", ""), ("content-type", ""), ("cookie", ""), ("date", ""),
        ("etag", ""), ("expect", ""), ("expires", ""), ("from", ""), ("host", ""), ("if-match", ""),
        ("if-modified-since", ""), ("if-none-match", ""), ("if-range", ""), ("if-unmodified-since", ""),
        ("last-modified", ""), ("link", ""), ("location", ""), ("max-forwards", ""), ("proxy-authenticate", ""),
        ("proxy-authorization", ""), ("range", ""), ("referer", ""), ("refresh", ""), ("retry-after", ""),
        ("server", ""), ("set-cookie", ""), ("strict-transport-security", ""), ("transfer-encoding", ""),
        ("user-agent", ""), ("vary", ""), ("via", ""), ("www-authenticate", ""),
    ]
}
