/// Takes the beginning off paths (Traefik's StripPrefix) and tells the backend in `X-Forwarded-Prefix`.
package struct PrefixStrip: Hashable, Sendable {
    /// In the order in which they are tried; the first that fits is taken off. Compared octet by octet, as Traefik does:
    /// `/api` is also the beginning of `/apis`.
    package var prefixes: [[UInt8]]

    package init(prefixes: [[UInt8]]) {
        self.prefixes = prefixes
    }
}
