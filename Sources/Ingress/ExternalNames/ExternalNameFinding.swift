package import NetworkTypes

/// What is known of a name, as routes are made by it. Of a name that was not answered yet nothing is.
package enum ExternalNameFinding: Hashable, Sendable {
    /// In their order, each once; never empty.
    case addresses([IPAddress])
    /// It has none, for this reason.
    case nothing(String)
    /// Whether it has any is not known, for this reason.
    case failed(String)
}
