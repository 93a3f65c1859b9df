import DNSWire
import LinuxSystem
import NetworkTypes

/// One answered query as CoreDNS' `log` writes it, without a line's end:
/// `[INFO] 10.42.0.5:40000 - 29008 "A IN x.y. udp 41 false 4096" NOERROR qr,rd,ra 68 0.03799s`.
struct QueryLogLine: CustomStringConvertible {
    let query: Query
    /// The name in lower case.
    let name: DNSName
    /// Of the query, in octets.
    let size: Int
    let origin: PacketOrigin
    let code: ResponseCode
    let flags: HeaderFlags
    let replySize: Int
    let elapsed: Duration

    init(_ query: Query, _ name: DNSName, size: Int, _ reply: Span<UInt8>, _ origin: PacketOrigin, elapsed: Duration) {
        self.query = query
        self.name = name
        self.size = size
        self.origin = origin
        code = ResponseCode(of: reply, to: query)
        flags = HeaderFlags(rawValue: UInt16(reply[2]) << 8 | UInt16(reply[3]))
        replySize = reply.count
        self.elapsed = elapsed
    }

    var description: String {
        let (proto, limit) =
            switch origin.transport {
            case .datagram: ("udp", max(512, Int(query.edns?.payloadSize ?? 512)))
            case .stream: ("tcp", 65_535)
            }
        let question = "\(query.type) \(query.recordClass) \(name) \(proto) \(size)"
        let dnssecOK = query.edns?.dnssecOK ?? false
        let flags = flags.description.replacing(" ", with: ",")
        return "[INFO] \(origin.text) - \(query.id) \"\(question) \(dnssecOK) \(limit)\" \(code) \(flags) \(replySize)"
            + " \(Self.seconds(elapsed))s"
    }

    /// To the nanosecond, without zeros at the end.
    static func seconds(_ elapsed: Duration) -> String {
        let (seconds, attoseconds) = max(.zero, elapsed).components
        var decimals = String(attoseconds / 1_000_000_000 + 1_000_000_000).dropFirst()
        while decimals.last == "0" { decimals.removeLast() }
        return decimals.isEmpty ? "\(seconds)" : "\(seconds).\(decimals)"
    }
}

extension PacketOrigin {
    /// Address and port, IPv6 in brackets.
    fileprivate var text: String {
        address.isIPv4
            ? "\(IPAddress(family: .ipv4, number: address.number)):\(port)"
            : "[\(IPAddress(family: .ipv6, number: address.number))]:\(port)"
    }
}
