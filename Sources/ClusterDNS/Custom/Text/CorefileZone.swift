import DNSWire
import NetworkTypes

/// A zone as Corefiles name it: `example.org`, `dns://example.org:53`, `.`, or a network, which is its reverse zones.
struct CorefileZone: Hashable, Sendable {
    /// More than one for a network that ends inside a label.
    let names: [DNSName]
    let scheme: String?
    let port: UInt16?

    /// Nil if it is none; `reason` says why.
    static func read(_ text: String) throws(ZoneFault) -> CorefileZone {
        var rest = text[...]
        var scheme: String?
        if let mark = rest.firstRange(of: "://") {
            scheme = rest[..<mark.lowerBound].lowercased()
            rest = rest[mark.upperBound...]
        }
        var port: UInt16?
        if let colon = rest.lastIndex(of: ":") {
            let number = rest[rest.index(after: colon)...]
            if number.allSatisfy(\.isNumber) {
                guard let value = UInt16(number), value > 0 else { throw ZoneFault(text, "its port is no port") }
                port = value
                rest = rest[..<colon]
            }
        }
        return CorefileZone(names: try names(rest, of: text), scheme: scheme, port: port)
    }

    /// The names of zones that are arguments: schemes and ports say nothing there.
    static func names(_ token: CorefileToken, in directive: CorefileDirective) throws(CorefileFault) -> [DNSName] {
        do throws(ZoneFault) {
            return try read(token.text).names
        } catch {
            throw directive.fault("\(error)", at: token)
        }
    }

    private static func names(_ text: Substring, of whole: String) throws(ZoneFault) -> [DNSName] {
        if text.isEmpty { return [.root] }
        if text.contains("/") {
            guard let network = try? IPPrefix(parsing: text) else {
                throw ZoneFault(whole, "it is no network: write ADDRESS/LENGTH")
            }
            return DNSName.reverseZones(of: network)
        }
        do throws(DNSNameError) {
            return [try DNSName(parsing: text).folded]
        } catch {
            throw ZoneFault(whole, "\(error.fault)")
        }
    }
}

/// Why a text is no zone.
struct ZoneFault: Error, Hashable, CustomStringConvertible {
    let description: String

    init(_ text: String, _ reason: String) {
        description = "'\(text)' is not a zone: \(reason)"
    }
}

extension [DNSName] {
    /// The longest of the zones that a name is in.
    func longestZone(of name: DNSName) -> DNSName? {
        var longest: DNSName?
        for zone in self where name.isEqualOrBelow(zone) {
            if longest.map({ zone.wire.count > $0.wire.count }) ?? true { longest = zone }
        }
        return longest
    }
}
