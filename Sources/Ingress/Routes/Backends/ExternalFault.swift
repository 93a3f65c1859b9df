/// Why nobody can answer in place of a service of type ExternalName.
package enum ExternalFault: Hashable, Sendable {
    /// Those services are not called.
    case notAllowed
    /// It names neither a host nor an address.
    case malformed(String)
    /// Nobody has answered yet.
    case unresolved(ExternalName)
    /// The name has no address, as the servers say.
    case nothing(ExternalName, reason: String)
    /// Nobody gave a usable answer since the name is wanted.
    case failed(ExternalName, reason: String)
    /// Nothing that it comes to may be called.
    case refused(String, [RefusedAddress])
}

extension ExternalFault: CustomStringConvertible {
    /// What the service does.
    package var description: String {
        switch self {
        case .notAllowed: "is of type ExternalName, and these are not called"
        case .malformed(let text): "stands for '\(text)', which is neither a DNS name nor an address"
        case .unresolved(let name): "stands for \(name), which nobody has answered for yet"
        case .nothing(let name, let reason): "stands for \(name), which has no address: \(reason)"
        case .failed(let name, let reason): "stands for \(name), whose addresses are not known: \(reason)"
        case .refused(let text, let addresses):
            "stands for \(text), of which no address may be called: "
                + addresses.map(\.description).joined(separator: ", ")
        }
    }

    /// What to do; nil where waiting is enough.
    var remedy: String? {
        switch self {
        case .notAllowed: "set --ingress-allow-external-name-services, or name a Service with endpoints"
        case .malformed: "correct its externalName"
        case .unresolved: nil
        case .nothing: "correct its externalName, or the name's records"
        case .failed: "see that the name servers of the node answer for it"
        case .refused: "have it stand for something else"
        }
    }
}
