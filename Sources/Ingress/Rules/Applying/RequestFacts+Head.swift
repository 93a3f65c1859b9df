package import HTTPWire
package import NetworkTypes

extension RequestFacts {
    /// The facts of a head, copied, since rules may have to wait.
    ///
    /// - Parameters:
    ///   - octets: those that were parsed, of which the head is the first `length`.
    ///   - host: the head's, already normalised.
    ///   - path: the head's, already normalised.
    ///   - client: the peer, or whom the PROXY protocol names.
    ///   - peer: what is said of this connection's client.
    package init(
        _ head: RequestHead,
        in octets: Span<UInt8>,
        length: Int,
        host: HostName,
        path: Span<UInt8>,
        client: IPAddress,
        peer: ForwardedPeer
    ) {
        let fields = HeadFields(head.fields, in: octets, length: length)
        self.init(
            method: head.method,
            host: host.octets,
            port: host.port,
            path: path.indices.map { path[$0] },
            query: head.query(in: octets),
            client: client,
            isSecure: peer.isSecure(fields),
            trustsForwarded: peer.isTrusted,
            fields: fields
        )
    }
}
