import NetworkTypes

/// Writes questions and records one behind the other, names compressed (RFC 1035 section 4.1.4).
struct MessageWriter {
    /// The packet so far. It begins with room for the header.
    private(set) var octets: [UInt8]
    /// The most octets that the packet may get.
    private let limit: Int
    private var names = NameTable()

    init(limit: Int) {
        octets = Array(repeating: 0, count: MessageHeader.length)
        self.limit = limit
    }

    /// Writes a question, or nothing and returns false where there is no room.
    mutating func append(_ question: Question) -> Bool {
        guard question.name.wire.count + 4 <= limit - octets.count else { return false }
        append(question.name)
        append(question.type.rawValue)
        append(question.recordClass.rawValue)
        return true
    }

    /// Writes as many of the records as there is room for, leaving `reserve` octets free, and returns their number.
    mutating func append(_ records: [ResourceRecord], reserve: Int) -> UInt16 {
        var count: UInt16 = 0
        // The count cannot overflow: no record is shorter than eleven octets.
        for record in records {
            guard append(record, upTo: limit - reserve) else { break }
            count += 1
        }
        return count
    }

    /// Writes an OPT record. Where there is no room its options are left out, or all of it; then it returns false.
    mutating func append(_ edns: EDNS, code: ResponseCode) -> Bool {
        let room = limit - octets.count
        guard EDNS.lengthWithoutOptions <= room else { return false }
        let options = edns.length <= room ? edns.options : []
        octets.append(0)
        append(RecordType.opt.rawValue)
        append(edns.payloadSize)
        octets += [code.extensionBits, edns.version, edns.dnssecOK ? 0x80 : 0, 0]
        append(UInt16(truncatingIfNeeded: options.reduce(0) { $0 + 4 + $1.data.count }))
        for option in options {
            append(option.code.rawValue)
            append(UInt16(truncatingIfNeeded: option.data.count))
            octets += option.data
        }
        return true
    }

    /// The room that an OPT record takes behind what is written already: with its options, or without where they are too much.
    func reserve(for edns: EDNS) -> Int {
        edns.length <= limit - octets.count ? edns.length : EDNS.lengthWithoutOptions
    }

    private mutating func append(_ record: ResourceRecord, upTo end: Int) -> Bool {
        let start = octets.count
        append(record.name)
        append(record.type.rawValue)
        append(record.recordClass.rawValue)
        append(record.ttl)
        let length = octets.count
        append(UInt16(0))
        append(record.data)
        guard octets.count <= end else {
            // Nothing is written behind a record that did not fit, so its names may stay in the table.
            octets.removeSubrange(start...)
            return false
        }
        let size = UInt16(truncatingIfNeeded: octets.count - length - 2)
        octets[length] = UInt8(size >> 8)
        octets[length + 1] = UInt8(size & 0xff)
        return true
    }

    private mutating func append(_ data: RecordData) {
        switch data {
        case .a(let address): append(address.rawValue)
        case .aaaa(let address): octets += address.bytes
        case .ns(let name), .cname(let name), .ptr(let name): append(name)
        case .soa(let authority):
            append(authority.primary)
            append(authority.mailbox)
            for number in [authority.serial, authority.refresh, authority.retry, authority.expire] { append(number) }
            append(authority.minimum)
        case .srv(let location):
            for number in [location.priority, location.weight, location.port] { append(number) }
            // RFC 2782 and RFC 3597 section 4: no pointers in it. Others may point to it.
            append(location.target, compressed: false)
        case .mx(let preference, let exchange):
            append(preference)
            append(exchange)
        case .txt(let strings):
            for string in strings.isEmpty ? [[]] : strings { append(strings: string) }
        case .hinfo(let processor, let system):
            append(string: processor.prefix(255))
            append(string: system.prefix(255))
        case .other(_, let octets): self.octets += octets
        }
    }

    /// A string, or several where it is too long for one.
    private mutating func append(strings octets: [UInt8]) {
        var rest = octets[...]
        repeat {
            append(string: rest.prefix(255))
            rest = rest.dropFirst(255)
        } while !rest.isEmpty
    }

    private mutating func append(string octets: ArraySlice<UInt8>) {
        self.octets.append(UInt8(truncatingIfNeeded: octets.count))
        self.octets += octets
    }

    private mutating func append(_ name: DNSName, compressed: Bool = true) {
        let known = names.find(name.wire, in: octets, place: octets.count)
        if compressed, let place = known.place {
            octets += name.wire[..<known.offset]
            append(0xc000 | UInt16(truncatingIfNeeded: place))
        } else {
            octets += name.wire
        }
    }

    private mutating func append(_ number: UInt16) {
        octets.append(UInt8(number >> 8))
        octets.append(UInt8(number & 0xff))
    }

    private mutating func append(_ number: UInt32) {
        append(UInt16(truncatingIfNeeded: number >> 16))
        append(UInt16(truncatingIfNeeded: number))
    }

    /// Writes the header over the room that was left for it.
    mutating func set(_ header: MessageHeader) {
        var span = octets.mutableSpan
        header.write(into: &span)
    }
}

extension EDNS {
    /// The length in octets of an OPT record without options.
    static let lengthWithoutOptions = 11

    /// The length in octets of the OPT record.
    var length: Int {
        options.reduce(Self.lengthWithoutOptions) { $0 + 4 + $1.data.count }
    }
}
