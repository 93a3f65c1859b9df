import ClusterState

/// Whether an Ingress is ours.
enum ClassVerdict: Hashable, Sendable {
    case served
    /// It is of a class that is not served here.
    case foreign(String)
    /// It names no class, and the class for those is none of ours.
    case unnamed
}

/// Which Ingresses are ours: names rule, whatever controller an IngressClass names.
struct ServedClasses: Hashable, Sendable {
    let names: Set<String>
    /// Whether Ingresses are served that name no class.
    let includesUnnamed: Bool

    init(_ names: Set<String>, in snapshot: ClusterSnapshot) {
        self.names = names
        let classes = snapshot.ingressClasses.values
        // Of several defaults the API server takes the newest, then the first by name.
        let usual = classes.filter(\.isDefault).min { left, right in
            let times = (left.metadata.createdAt ?? .min, right.metadata.createdAt ?? .min)
            return times.0 == times.1 ? left.metadata.name < right.metadata.name : times.0 > times.1
        }
        includesUnnamed = usual.map { names.contains($0.metadata.name) } ?? classes.isEmpty
    }

    func verdict(_ ingress: Ingress) -> ClassVerdict {
        // An annotation with nothing in it names nothing.
        guard let name = ingress.className, !name.isEmpty else { return includesUnnamed ? .served : .unnamed }
        return names.contains(name) ? .served : .foreign(name)
    }
}
