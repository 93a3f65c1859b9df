package import ClusterState

extension RouteTable {
    /// The route of a request; nil if there is none.
    ///
    /// - Parameters:
    ///   - host: in lower case, without a port and without a dot at its end; may be empty.
    ///   - path: in normal form, without the query. One that does not begin with `/` has no route.
    @inline(__always)
    package func route(host: Span<UInt8>, path: Span<UInt8>, over entryPoint: EntryPoint) -> Route? {
        hosts.route(host: host, path: path, over: entryPoint)
    }

    /// Where the certificate of a server name is found; nil where the default one is to be shown.
    ///
    /// - Parameter serverName: as the client sent it.
    package func certificate(serverName: String) -> CertificateReference? {
        let name = serverName.lowercased()
        return certificates.certificate(for: name.hasSuffix(".") ? String(name.dropLast()) : name)
    }

    /// The Secrets of which certificates may be shown.
    package var secretsInUse: Set<NamespacedName> { certificates.secrets }

    /// The names outside the cluster of which the addresses are needed.
    package var wantedNames: Set<ExternalName> { backends.wantedNames }

    /// Who has each slot; nil for slots that nobody has now.
    package var endpointsBySlot: [BackendEndpoint?] { backends.slots.endpoints }
}
