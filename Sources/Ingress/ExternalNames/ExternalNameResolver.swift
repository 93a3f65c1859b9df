package import NetworkTypes

/// Finds the addresses of names outside of the cluster.
package protocol ExternalNameResolver: Sendable {
    /// Asks for the addresses of both families, for as long as somebody may still answer.
    ///
    /// - Parameter name: a DNS name in lower case, without a dot at its end.
    func addresses(of name: String) async -> ExternalNameAnswer
}

/// What is said of a name.
package enum ExternalNameAnswer: Sendable, Hashable {
    /// In no order, without duplicates; how long they may be used.
    case addresses([IPAddress], lifetime: Duration)
    /// The name does not exist or has no address, as the servers say.
    case nothing(reason: String, lifetime: Duration)
    /// Nobody gave a usable answer.
    case failed(reason: String)
}
