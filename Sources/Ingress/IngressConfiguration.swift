package import NetworkTypes

/// What can be set of the ingress.
package struct IngressConfiguration: Hashable, Sendable {
    /// The names of the classes whose status is written.
    package var statusClasses: Set<String>
    /// Where HTTP is listened for.
    package var httpPort: UInt16
    /// Where HTTPS is listened for.
    package var httpsPort: UInt16

    /// How requests are written to the log.
    package var accessLog: AccessLogFormat

    /// Whether endpoints of this node go before others for all services, and not only for those that say so.
    package var prefersSameNode: Bool
    /// Whether services of type ExternalName are called.
    package var allowsExternalNames: Bool
    /// Addresses that this node has, whatever is said of it in the cluster.
    package var ownAddresses: Set<IPAddress>
    /// Whether several slashes in a row count as one in paths.
    package var mergesSlashes: Bool
    /// Whether requests may have octets that are not ASCII in their targets.
    package var allowsNonASCIIPaths: Bool
    /// Which addresses of names outside the cluster are called before those of the other family.
    package var firstFamily: AddressFamily
    /// Whose word about clients counts.
    package var peers: PeerTrust

    /// Where the default certificate is kept.
    package var stateDirectory: String
    /// Whether keys may be kept there.
    package var keepsSecrets: Bool

    package init(
        statusClasses: Set<String> = ["linnet"],
        httpPort: UInt16 = 80,
        httpsPort: UInt16 = 443,
        accessLog: AccessLogFormat = .off,
        prefersSameNode: Bool = false,
        allowsExternalNames: Bool = false,
        ownAddresses: Set<IPAddress> = [],
        mergesSlashes: Bool = true,
        allowsNonASCIIPaths: Bool = false,
        firstFamily: AddressFamily = .ipv4,
        peers: PeerTrust = PeerTrust(),
        stateDirectory: String = "/var/lib/linnet",
        keepsSecrets: Bool = true
    ) {
        self.statusClasses = statusClasses
        self.httpPort = httpPort
        self.httpsPort = httpsPort
        self.accessLog = accessLog
        self.prefersSameNode = prefersSameNode
        self.allowsExternalNames = allowsExternalNames
        self.ownAddresses = ownAddresses
        self.mergesSlashes = mergesSlashes
        self.allowsNonASCIIPaths = allowsNonASCIIPaths
        self.firstFamily = firstFamily
        self.peers = peers
        self.stateDirectory = stateDirectory
        self.keepsSecrets = keepsSecrets
    }
}
