import DNSWire
import NetworkTypes

/// A `forward` directive: which servers are asked for the names of a zone.
struct ForwardRule: Hashable, Sendable {
    /// Who is asked.
    enum Servers: Hashable, Sendable {
        /// Those of `--resolv-conf`.
        case standard
        case own([Upstream])
    }

    /// The most servers, as in CoreDNS.
    private static let most = 15

    /// More than one for a network.
    let zones: [DNSName]
    private(set) var except: [DNSName] = []
    private(set) var servers = Servers.standard
    private(set) var policy = UpstreamPolicy.quickest
    /// Only over TCP.
    private(set) var usesStreams = false
    /// How many questions are asked at once; nil for the usual number.
    private(set) var mostQuestions: Int?
    /// The name that certificates must have.
    private var certificateName: String?

    func covers(_ name: DNSName) -> Bool {
        zones.contains { name.isEqualOrBelow($0) } && !except.contains { name.isEqualOrBelow($0) }
    }

    /// `forward ZONE SERVERS… { options }`. Nil if it has no server that can be asked.
    init?(
        _ directive: CorefileDirective,
        _ context: CustomContext,
        _ complaints: inout [CustomComplaint]
    ) throws(CorefileFault) {
        guard directive.arguments.count > 1 else { throw directive.fault("it needs a zone and servers") }
        zones = try CorefileZone.names(directive.arguments[0], in: directive)
        for line in directive.block { try readOption(line, directive, &complaints) }
        var upstreams: [Upstream] = []
        var isStandard = false
        for word in directive.arguments.dropFirst() {
            if word.text == "/etc/resolv.conf" {
                isStandard = true
            } else if let upstream = try upstream(word, directive, context, &complaints), !upstreams.contains(upstream)
            {
                upstreams.append(upstream)
            }
        }
        guard upstreams.count <= Self.most else { throw directive.fault("more than \(Self.most) servers: name fewer") }
        if isStandard {
            if !upstreams.isEmpty {
                let reason = "/etc/resolv.conf stands for --resolv-conf, whose servers are asked alone: name either"
                complaints.append(CustomComplaint(.unsupported, at: directive.name, in: "forward", reason))
            }
            return
        }
        if upstreams.isEmpty { return nil }
        servers = .own(upstreams)
    }

    private func upstream(
        _ word: CorefileToken,
        _ directive: CorefileDirective,
        _ context: CustomContext,
        _ complaints: inout [CustomComplaint]
    ) throws(CorefileFault) -> Upstream? {
        func leaveOut(_ reason: String) {
            complaints.append(CustomComplaint(.unsupported, at: word, in: "forward", reason))
        }
        if word.text.hasPrefix("/") {
            leaveOut("of files only /etc/resolv.conf is known, which stands for --resolv-conf: name the servers")
            return nil
        }
        if word.text.hasPrefix("https://") {
            leaveOut("'\(word.text)': DNS over HTTPS is not supported: name a server with tls:// or without a scheme")
            return nil
        }
        let upstream: Upstream
        do throws(UpstreamSyntaxError) {
            upstream = try Upstream(parsing: Self.text(word.text, certificateName))
        } catch {
            throw directive.fault("\(error)", at: word)
        }
        if context.own.contains(upstream.address), upstream.port == 53 {
            leaveOut("\(upstream) is this server itself: name the one that is to be asked")
            return nil
        }
        return upstream
    }

    /// CoreDNS has the name of a certificate behind `%`, or in an option.
    private static func text(_ text: String, _ certificateName: String?) -> String {
        if text.hasPrefix("dns://") { return String(text.dropFirst(6)) }
        guard text.hasPrefix("tls://") else { return text }
        if let certificateName, !text.contains("#") { return "\(text)#\(certificateName)" }
        guard let mark = text.lastIndex(of: "%") else { return text }
        let (place, rest) = (text[..<mark], text[text.index(after: mark)...])
        // A port stands behind the name, and so does the bracket of an address that has one.
        guard let colon = rest.lastIndex(of: ":") else { return "\(place)#\(rest)" }
        let name = rest[..<colon].hasSuffix("]") ? rest[..<colon].dropLast() : rest[..<colon]
        return "\(place)\(rest[..<colon].hasSuffix("]") ? "]" : "")\(rest[colon...])#\(name)"
    }
}

// MARK: - Options

extension ForwardRule {
    private static let effectless: [String: String] = [
        "prefer_udp": "UDP is always tried first", "max_fails": "who fails is asked last",
        "expire": "connections are closed when they are idle", "max_age": "connections are closed when they are idle",
        "max_idle_conns": "idle connections are few", "health_check": "servers are watched by the questions to them",
        "failfast_all_unhealthy_upstreams": "a question fails when all were asked",
        "read_timeout": "how long to wait is learned", "max_connect_attempts": "each server is asked twice at most",
        "failover": "the next server is always asked when one fails", "doh_method": "there is no DNS over HTTPS",
    ]
    private static let unsupported: Set<String> = ["next", "next_on_nodata", "resolver", "source_address"]

    private mutating func readOption(
        _ line: [CorefileToken],
        _ directive: CorefileDirective,
        _ complaints: inout [CustomComplaint]
    ) throws(CorefileFault) {
        let (option, words) = (line[0], line.dropFirst().map(\.text))
        func note(_ weight: CustomComplaint.Weight, _ reason: String) {
            complaints.append(CustomComplaint(weight, at: option, in: "forward", reason))
        }
        if let reason = Self.effectless[option.text] {
            return note(.effectless, "\(option.text) has no effect: \(reason)")
        }
        if Self.unsupported.contains(option.text) {
            return note(.unsupported, "\(option.text) is not supported: take it out, or keep CoreDNS for it")
        }
        switch option.text {
        case "except":
            guard line.count > 1 else { throw directive.fault("except needs zones", at: option) }
            for word in line.dropFirst() { except += try CorefileZone.names(word, in: directive) }
        case "force_tcp":
            guard words.isEmpty else { throw directive.fault("force_tcp has no argument", at: option) }
            usesStreams = true
        case "tls":
            if !words.isEmpty {
                note(.unsupported, "files of certificates are not read: those of the system are trusted")
            }
        case "tls_servername":
            guard words.count == 1 else { throw directive.fault("tls_servername needs a name", at: option) }
            certificateName = words[0]
        case "policy":
            guard let policy = UpstreamPolicy(corefile: words.first ?? "") else {
                throw directive.fault("policy is random, round_robin or sequential", at: option)
            }
            self.policy = policy
        case "max_concurrent":
            guard let number = words.first.flatMap({ Int($0) }), number >= 0 else {
                throw directive.fault("max_concurrent needs a number", at: option)
            }
            mostQuestions = number == 0 ? nil : number
        default: throw directive.fault("'\(option.text)' is none of its options: correct it", at: option)
        }
    }
}
