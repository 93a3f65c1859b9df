package import ClusterState

/// What is wrong with an annotation or a middleware, for the events and the status of the Ingress that it concerns.
package struct RuleComplaint: Hashable, Sendable, CustomStringConvertible {
    /// What the complaint leaves of the route.
    package enum Effect: Hashable, Sendable {
        /// Served as if what is complained of were not written.
        case ignored
        /// Answered with 503, because the protection that was asked for is not there.
        case refused
    }

    /// The object that has the fault: not always the Ingress itself.
    package let object: ObjectKey
    /// Where in it: `spec.headers.stsSeconds`, or the annotation's name.
    package let place: String
    /// What is wrong and what to do.
    package let message: String
    package let effect: Effect

    package init(_ object: ObjectKey, at place: String, _ message: String, effect: Effect = .ignored) {
        self.object = object
        self.place = place
        self.message = message
        self.effect = effect
    }

    package var description: String { "\(object), \(place): \(message)" }
}
