/// What can be set of the ingress.
package struct IngressConfiguration: Hashable, Sendable {
    /// The names of the classes that are served.
    package var classes: Set<String>
    /// The names of the classes whose status is written.
    package var statusClasses: Set<String>
    /// Where HTTP is listened for.
    package var httpPort: UInt16
    /// Where HTTPS is listened for.
    package var httpsPort: UInt16

    package init(
        classes: Set<String> = ["linnet", "traefik"],
        statusClasses: Set<String> = ["linnet"],
        httpPort: UInt16 = 80,
        httpsPort: UInt16 = 443
    ) {
        self.classes = classes
        self.statusClasses = statusClasses
        self.httpPort = httpPort
        self.httpsPort = httpsPort
    }
}
