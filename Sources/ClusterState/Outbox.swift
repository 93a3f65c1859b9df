/// Where what Linnet says of the cluster's objects goes.
package protocol Outbox: Sendable {
    /// Says what an object's whole status should be. Idempotent.
    func publish(_ status: ObjectStatus, of object: ObjectKey) async

    /// Says that this node has nothing more to say of an object: it is gone, or another node speaks for it now. What was
    /// published stays.
    func forget(_ object: ObjectKey) async

    /// Records that something happened.
    func record(_ event: ClusterEvent) async
}

/// The whole wanted status of an object, as far as Linnet writes it.
package enum ObjectStatus: Sendable, Hashable {
    /// `status.loadBalancer.ingress`: IP addresses in text form, in the order in which they are to be listed.
    case loadBalancer(ingress: [String])
}

/// Something that happened to an object, as Kubernetes' events have it.
package struct ClusterEvent: Sendable, Hashable {
    package enum Severity: String, Sendable {
        case normal = "Normal"
        case warning = "Warning"
    }

    package var object: ObjectKey
    package var severity: Severity
    /// One word in upper camel case.
    package var reason: String
    /// A sentence for people.
    package var message: String

    package init(_ severity: Severity, _ reason: String, of object: ObjectKey, _ message: String) {
        self.object = object
        self.severity = severity
        self.reason = reason
        self.message = message
    }
}
