/// How requests are written to the log.
package enum AccessLogFormat: String, Sendable, CaseIterable {
    /// Not at all.
    case off
    /// The Common Log Format as Traefik extends it.
    case clf
    /// Objects with Traefik's names.
    case json
}
