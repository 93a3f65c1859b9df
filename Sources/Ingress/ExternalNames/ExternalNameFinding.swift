package import NetworkTypes

/// What is known of a name, as routes are made by it. Of a name that was not answered yet nothing is.
package enum ExternalNameFinding: Hashable, Sendable {
    /// In their order, each once; never empty.
    case addresses([IPAddress])
    /// The same, as an earlier run knew it: nobody has answered since the start.
    case remembered([IPAddress])
    /// It has none, for this reason.
    case nothing(String)
    /// Whether it has any is not known, for this reason.
    case failed(String)

    /// Nil if there are none.
    package var addresses: [IPAddress]? {
        switch self {
        case .addresses(let addresses), .remembered(let addresses): addresses
        case .nothing, .failed: nil
        }
    }
}
