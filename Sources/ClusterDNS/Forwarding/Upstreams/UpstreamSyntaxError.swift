/// Why a text is not an upstream.
package struct UpstreamSyntaxError: Error, Hashable, Sendable {
    /// What is wrong with it.
    package enum Fault: Hashable, Sendable {
        case malformedAddress
        case malformedPort
        /// What stands behind `%` is empty, or the address is not IPv6.
        case malformedZone
        /// The name of a certificate, although there is no TLS.
        case nameWithoutTLS
        /// What stands behind `#` cannot be the name of a host.
        case malformedName
        /// Another scheme than `tls://`.
        case unknownScheme
    }

    package let text: String
    package let fault: Fault

    init(_ text: String, _ fault: Fault) {
        self.text = text
        self.fault = fault
    }
}

extension UpstreamSyntaxError: CustomStringConvertible {
    package var description: String { "'\(text)' is not an upstream: \(fault)" }
}

extension UpstreamSyntaxError.Fault: CustomStringConvertible {
    package var description: String {
        switch self {
        case .malformedAddress: "no IP address, or one with a port that is not in brackets"
        case .malformedPort: "the port is not a number from 1 to 65535"
        case .malformedZone: "only IPv6 addresses have a zone, and it is not empty"
        case .nameWithoutTLS: "only tls:// has a name behind #"
        case .malformedName: "what stands behind # or % is not the name of a host"
        case .unknownScheme: "the only scheme is tls://"
        }
    }
}
