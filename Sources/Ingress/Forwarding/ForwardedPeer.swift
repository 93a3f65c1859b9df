import HTTPWire
package import NetworkTypes

/// What backends are told of a connection's client: one for each connection, so that a request costs no text to be made.
package struct ForwardedPeer: Sendable {
    /// Whether what the peer says in X-Forwarded fields counts.
    package let isTrusted: Bool
    /// Whether the connection is over TLS.
    package let isSecure: Bool
    /// X-Forwarded-For, -Proto, -Server and X-Real-Ip of requests of a peer that is not trusted: whole lines, each with its
    /// end.
    package let lines: [UInt8]
    /// The port that stands in X-Forwarded-Port if `Host` names none.
    package var defaultPort: UInt16 { isSecure ? 443 : 80 }
    private let client: IPAddress
    private let node: String

    /// `client` is the peer, or whom the PROXY protocol names; `node` is this machine's name, for X-Forwarded-Server.
    package init(client: IPAddress, isTrusted: Bool, isSecure: Bool, node: String) {
        self.isTrusted = isTrusted
        self.isSecure = isSecure
        self.node = node
        let client = client.withoutMapping
        self.client = client
        var lines: [UInt8] = []
        let room = Self.roomOfNames + 2 * OutputSpan<UInt8>.longestAddress + node.utf8.count
        // For each connection: without a text for each line.
        lines.append(addingCapacity: room) { lines in
            lines.append("X-Forwarded-For: ")
            lines.append(client)
            lines.append(isSecure ? "\r\nX-Forwarded-Proto: https\r\n" : "\r\nX-Forwarded-Proto: http\r\n")
            lines.append("X-Forwarded-Server: ")
            lines.append(node.utf8.span)
            lines.append("\r\nX-Real-Ip: ")
            lines.append(client)
            lines.append("\r\n")
        }
        self.lines = lines
    }

    /// More than all names of the lines have.
    private static let roomOfNames = 96

    /// Whether the client used TLS, here or, as a trusted peer says, there.
    package func isSecure(_ received: some RequestFields) -> Bool { scheme(received) == Self.scheme(true) }

    /// All that is written of one request: for requests of trusted peers, and for routes whose rules have a say.
    ///
    /// What a trusted peer has said is kept, and its address is put at the end of X-Forwarded-For. What rules take out is
    /// not written.
    package func fields(
        _ received: some RequestFields,
        host: [UInt8],
        port: UInt16?,
        _ edits: FieldEdits = FieldEdits()
    ) -> [EditedField] {
        let address = Array("\(client)".utf8)
        let scheme = scheme(received)
        let usualPort = scheme == Self.scheme(true) ? "443" : "80"
        let chain = isTrusted ? received.values(of: "x-forwarded-for").filter { !$0.isEmpty } : []
        let values = [
            ("X-Forwarded-For", Array((chain + [address]).joined(separator: [0x2c, 0x20]))),
            ("X-Forwarded-Proto", scheme),
            ("X-Forwarded-Server", Array(node.utf8)),
            ("X-Real-Ip", said(received, "x-real-ip") ?? address),
            ("X-Forwarded-Host", said(received, "x-forwarded-host") ?? host),
            (
                "X-Forwarded-Port",
                said(received, "x-forwarded-port") ?? port.map { Array("\($0)".utf8) } ?? Array(usualPort.utf8)
            ),
        ]
        return values.map { EditedField(name: Array($0.0.utf8), value: $0.1) }
            .filter { !$0.value.isEmpty && !edits.removes($0.name) }
    }

    /// What a trusted peer has said first under a name; nil if it said nothing, or is not trusted.
    private func said(_ received: some RequestFields, _ name: String) -> [UInt8]? {
        guard isTrusted, let value = received.values(of: name).first, !value.isEmpty else { return nil }
        return value
    }

    /// `http` or `https`, also for the `ws` and `wss` that some proxies write: backends know no others.
    private func scheme(_ received: some RequestFields) -> [UInt8] {
        let said = said(received, "x-forwarded-proto").map { String(decoding: $0, as: UTF8.self).lowercased() }
        return switch said {
        case "http", "ws": Self.scheme(false)
        case "https", "wss": Self.scheme(true)
        default: Self.scheme(isSecure)
        }
    }

    private static func scheme(_ isSecure: Bool) -> [UInt8] { Array((isSecure ? "https" : "http").utf8) }
}
