extension ClusterSnapshot {
    /// The Secrets that requests may need: those that `spec.tls` of an Ingress or `spec.basicAuth` of a Middleware names,
    /// each in its own namespace; in no order.
    ///
    /// Ingresses count whatever their class, and Middlewares whether or not an Ingress names them: which of them are
    /// served is a matter of configuration, which the next start may have changed.
    var secretsInUse: [Secret] {
        var names: Set<NamespacedName> = []
        ingresses.forEach { owner, ingress in
            for case let name? in ingress.object.tls.map(\.secretName) {
                names.insert(NamespacedName(namespace: owner.namespace, name: name))
            }
        }
        middlewares.forEach { owner, middleware in
            guard let name = middleware.object.secretName else { return }
            names.insert(NamespacedName(namespace: owner.namespace, name: name))
        }
        // In the table's order, which stays as long as the table does: what is the same then compares as the same.
        return secrets.values.filter { names.contains($0.metadata.namespacedName) }
    }
}

extension Middleware {
    /// The Secret with the users who are let in, in the Middleware's own namespace; nil if it asks for no password.
    fileprivate var secretName: String? { spec[field: "basicAuth"]?[field: "secret"]?.plainText }
}
