package import HTTPWire
package import NetworkTypes

/// What rules may know of a request. Only requests of routes that have rules need one.
package struct RequestFacts {
    package var method: HTTPMethod
    /// As in a URL: in lower case, without the port, IPv6 between brackets. Empty if the client named none.
    package var host: [UInt8]
    /// Nil if the client named none.
    package var port: UInt16?
    /// In normal form, without the query.
    package var path: [UInt8]
    /// What stands behind `?`; nil if none does.
    package var query: [UInt8]?
    /// Whose request it is: the peer, or whom the PROXY protocol names.
    package var client: IPAddress
    /// Whether the client used TLS, towards us or, as a trusted peer says, towards that.
    package var isSecure: Bool
    /// Whether the peer's X-Forwarded fields count.
    package var trustsForwarded: Bool
    package var fields: any RequestFields

    package init(
        method: HTTPMethod = .get,
        host: [UInt8],
        port: UInt16? = nil,
        path: [UInt8],
        query: [UInt8]? = nil,
        client: IPAddress,
        isSecure: Bool = false,
        trustsForwarded: Bool = false,
        fields: any RequestFields
    ) {
        self.method = method
        self.host = host
        self.port = port
        self.path = path
        self.query = query
        self.client = client
        self.isSecure = isSecure
        self.trustsForwarded = trustsForwarded
        self.fields = fields
    }
}

/// The fields of a request.
package protocol RequestFields {
    /// The values of all fields of a name, which is in lower case, in their order, without blanks at their ends.
    func values(of name: String) -> [[UInt8]]
}
