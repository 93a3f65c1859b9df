/// Where a request comes in, by the name that Traefik has for it.
package enum EntryPoint: String, Hashable, Sendable, CaseIterable {
    /// The port for HTTP.
    case web
    /// The port for HTTPS.
    case websecure
}
