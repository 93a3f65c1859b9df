/// Changes of the fields of requests and responses, with the answers to browsers that ask what another site may do
/// (Traefik's Headers).
package struct HeaderRules: Hashable, Sendable {
    package var request = FieldEdits()
    /// Those of every response.
    package var response = FieldEdits()
    /// `Host` as the backend is to see it.
    package var host: [UInt8]?
    /// `Strict-Transport-Security`.
    package var strictTransport: [UInt8]?
    /// Whether that is also sent where the client did not use TLS.
    package var forcesStrictTransport = false
    /// In lower case, with or without a port; empty if all are served.
    package var allowedHosts: [[UInt8]] = []
    package var crossOrigin: CrossOriginRules?

    package init() {}
}

/// What pages of other origins may do with responses (the Fetch standard's CORS protocol).
package struct CrossOriginRules: Hashable, Sendable {
    package var allowsCredentials = false
    package var headers: [String] = []
    package var methods: [String] = []
    package var origins: [String] = []
    package var exposedHeaders: [String] = []
    /// For how many seconds the answer to a preflight request holds.
    package var maxAge: Int64?
    package var addsVary = false

    package init() {}
}
