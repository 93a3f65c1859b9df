package import ClusterState

/// What there is to say of an Ingress: to whom wrote it, in the status and the log.
package struct IngressReport: Hashable, Sendable {
    package let ingress: NamespacedName
    /// In the order of the Ingress; never empty.
    package let notes: [IngressNote]
}

extension IngressReport {
    /// The same as events of the Ingress.
    package var events: [ClusterEvent] {
        notes.map { ClusterEvent($0.severity, $0.reason.rawValue, of: ObjectKey(.ingress, ingress), $0.description) }
    }
}

/// One thing to say of an Ingress.
package struct IngressNote: Hashable, Sendable {
    /// What kind of thing: one word in upper camel case, as events have it.
    package enum Reason: String, Hashable, Sendable {
        /// Something of the Ingress says nothing that can be done.
        case invalidRule = "InvalidRule"
        /// An annotation, of it or of a service, or a middleware.
        case invalidAnnotation = "InvalidAnnotation"
        /// A rule leads to nobody: its requests are answered with 503.
        case backendUnavailable = "BackendUnavailable"
        /// A name outside the cluster comes to something that is not called.
        case addressRefused = "AddressRefused"
        /// Another Ingress has what a rule is for.
        case conflict = "RouteConflict"
        /// No entry point takes its requests.
        case noEntryPoint = "NoEntryPoint"
        /// There is no certificate where an Ingress says that there is one.
        case certificateUnavailable = "CertificateUnavailable"
        /// Another namespace's Ingress decides the certificate of a host.
        case certificateConflict = "CertificateConflict"
        /// Traefik would send some requests elsewhere.
        case precedence = "PrecedenceDiffers"
    }

    package let severity: ClusterEvent.Severity
    package let reason: Reason
    /// The object that it is about, if that is not the Ingress itself.
    package let object: ObjectKey?
    /// Where in the object; empty if it is about all of it.
    package let place: String
    /// What it is, and what to do.
    package let message: String

    init(
        _ reason: Reason,
        severity: ClusterEvent.Severity = .warning,
        of object: ObjectKey? = nil,
        at place: String,
        _ message: String
    ) {
        self.severity = severity
        self.reason = reason
        self.object = object
        self.place = place
        self.message = message
    }
}

extension IngressNote: CustomStringConvertible {
    /// Place and message: a sentence for people.
    package var description: String {
        let parts = [object.map { "\($0)" }, place.isEmpty ? nil : place].compactMap(\.self)
        return parts.isEmpty ? message : "\(parts.joined(separator: ", ")): \(message)"
    }
}

extension IngressNote {
    init(_ complaint: RuleComplaint, in ingress: NamespacedName) {
        let isOwn = complaint.object == ObjectKey(.ingress, ingress)
        self.init(
            .invalidAnnotation,
            of: isOwn ? nil : complaint.object,
            at: complaint.place,
            complaint.message
        )
    }
}
