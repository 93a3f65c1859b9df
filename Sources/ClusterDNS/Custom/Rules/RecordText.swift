import DNSWire
import NetworkTypes

/// Records as zone files write them (RFC 1035 section 5.1), one in a line: `NAME [TTL] [CLASS] TYPE DATA`.
enum RecordText {
    /// Why a text is no record.
    struct Fault: Error, Hashable {
        let reason: String
    }

    /// What a record without one lives, in seconds.
    private static let usualTTL: UInt32 = 3600

    static func record(_ text: String) throws(Fault) -> ResourceRecord {
        var words = try words(of: text)[...]
        guard let owner = words.popFirst() else { throw Fault(reason: "it is empty") }
        let name = try self.name(owner.text)
        var ttl = usualTTL
        var recordClass = RecordClass.in
        while let word = words.first?.text {
            if let seconds = seconds(word) {
                ttl = seconds
            } else if let known = RecordClass(parsing: word) {
                recordClass = known
            } else {
                break
            }
            words.removeFirst()
        }
        guard let word = words.popFirst()?.text, let type = RecordType(parsing: word) else {
            throw Fault(reason: "it has no type that is known")
        }
        return ResourceRecord(name, class: recordClass, ttl: ttl, try data(type, Array(words)))
    }

    private struct Word {
        let text: String
        let octets: [UInt8]
    }

    /// Words end at white space; those in quotes at the next quotation mark. A `;` hides the rest.
    private static func words(of text: String) throws(Fault) -> [Word] {
        var words: [Word] = []
        var rest = Array(text.utf8)[...]
        while let octet = rest.first {
            if octet == UInt8(ascii: " ") || (9...13).contains(octet) {
                rest.removeFirst()
            } else if octet == UInt8(ascii: ";") {
                break
            } else if octet == UInt8(ascii: "\"") {
                rest.removeFirst()
                words.append(try quotation(&rest))
            } else {
                let word = rest.prefix { $0 != UInt8(ascii: " ") && !(9...13).contains($0) && $0 != UInt8(ascii: ";") }
                rest = rest.dropFirst(word.count)
                words.append(Word(text: String(decoding: word, as: UTF8.self), octets: Array(word)))
            }
        }
        return words
    }

    private static func quotation(_ rest: inout ArraySlice<UInt8>) throws(Fault) -> Word {
        var octets: [UInt8] = []
        while let octet = rest.popFirst() {
            if octet == UInt8(ascii: "\"") {
                return Word(text: String(decoding: octets, as: UTF8.self), octets: octets)
            }
            guard octet == UInt8(ascii: "\\"), let next = rest.popFirst() else {
                octets.append(octet)
                continue
            }
            octets.append(next)
        }
        throw Fault(reason: "a quotation mark is not closed")
    }

    /// Seconds, or numbers with units: `1h30m`.
    private static func seconds(_ text: String) -> UInt32? {
        let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
        var (total, number) = (UInt64(0), UInt64(0))
        guard text.first?.isNumber == true else { return nil }
        for character in text.lowercased() {
            if let digit = character.wholeNumberValue, character.isASCII {
                number = min(number * 10 + UInt64(digit), 1 << 32)
            } else if let unit = units[character] {
                total += number * unit
                number = 0
            } else {
                return nil
            }
        }
        return UInt32(exactly: total + number)
    }

    private static func name(_ text: String) throws(Fault) -> DNSName {
        do throws(DNSNameError) {
            return try DNSName(parsing: text)
        } catch {
            throw Fault(reason: "\(error)")
        }
    }

    private static func number<Number: FixedWidthInteger>(_ word: Word) throws(Fault) -> Number {
        guard let number = Number(word.text) else { throw Fault(reason: "'\(word.text)' is no number that fits") }
        return number
    }

    private static func data(_ type: RecordType, _ words: [Word]) throws(Fault) -> RecordData {
        if words.first?.text == "\\#" { return try .other(type, unknown(words)) }
        let counts: [RecordType: ClosedRange<Int>] = [
            .a: 1...1, .aaaa: 1...1, .cname: 1...1, .ns: 1...1, .ptr: 1...1, .mx: 2...2, .srv: 4...4, .soa: 7...7,
            .hinfo: 2...2, .txt: 1...100,
        ]
        guard let count = counts[type] else { throw Fault(reason: "records of type \(type) cannot be written here") }
        guard count.contains(words.count) else { throw Fault(reason: "a record of type \(type) has other data") }
        switch type {
        case .a, .aaaa:
            guard let address = try? IPAddress(parsing: words[0].text), RecordData(address).type == type else {
                throw Fault(reason: "'\(words[0].text)' is no address for \(type)")
            }
            return RecordData(address)
        case .cname: return .cname(try name(words[0].text))
        case .ns: return .ns(try name(words[0].text))
        case .ptr: return .ptr(try name(words[0].text))
        case .mx: return .mx(preference: try number(words[0]), exchange: try name(words[1].text))
        case .srv:
            return .srv(
                ServiceLocation(
                    priority: try number(words[0]),
                    weight: try number(words[1]),
                    port: try number(words[2]),
                    target: try name(words[3].text)
                )
            )
        case .soa: return .soa(try authority(words))
        case .hinfo: return .hinfo(processor: words[0].octets, system: words[1].octets)
        default: return .txt(words.map(\.octets))
        }
    }

    private static func authority(_ words: [Word]) throws(Fault) -> StartOfAuthority {
        var times: [UInt32] = []
        for word in words[3...] {
            guard let time = seconds(word.text) else { throw Fault(reason: "'\(word.text)' is no time") }
            times.append(time)
        }
        return StartOfAuthority(
            primary: try name(words[0].text),
            mailbox: try name(words[1].text),
            serial: try number(words[2]),
            refresh: times[0],
            retry: times[1],
            expire: times[2],
            minimum: times[3]
        )
    }

    /// `\# LENGTH HEXADECIMAL` (RFC 3597 section 5).
    private static func unknown(_ words: [Word]) throws(Fault) -> [UInt8] {
        let digits = Array(words.dropFirst(2).map(\.text).joined().utf8)
        let octets = stride(from: 0, to: digits.count - 1, by: 2).compactMap { index in
            UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16)
        }
        guard words.count >= 2, Int(words[1].text) == octets.count, octets.count * 2 == digits.count else {
            throw Fault(reason: "\\# needs a length and as many octets")
        }
        return octets
    }
}
