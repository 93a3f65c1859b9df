import ClusterDNS
import Ingress

/// Has the names that the ingress leads to looked up as all names of the node are.
struct ExternalNames: ExternalNameResolver {
    let lookup: NameLookup

    func addresses(of name: String) async -> ExternalNameAnswer {
        switch await lookup.addresses(of: name) {
        case .addresses(let addresses, let lifetime): .addresses(addresses, lifetime: lifetime)
        case .nothing(let reason, let lifetime): .nothing(reason: reason, lifetime: lifetime)
        case .failed(let reason): .failed(reason: reason)
        }
    }
}
