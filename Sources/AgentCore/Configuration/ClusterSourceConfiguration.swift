/// Where cluster state comes from: one of three.
package enum ClusterSourceConfiguration: Sendable, Equatable {
    /// The directory whose files hold Kubernetes objects.
    case manifests(String)
    case etcd(EtcdSettings)
    /// The kubeconfig file by which the API server is reached.
    case kubernetes(kubeconfig: String)
}

/// How the etcd cluster is reached, by flannel's names.
package struct EtcdSettings: Sendable, Equatable {
    /// URLs: `http://` or `https://`, tried in order.
    package var endpoints: [String]
    /// The key under which everything of ours is.
    package var prefix: String
    package var authorityFile: String?
    package var certificate: ClientCertificate?
    package var account: Account?

    /// What Linnet shows to the server: two PEM files.
    package struct ClientCertificate: Sendable, Equatable {
        package let certificateFile: String
        package let keyFile: String
    }

    /// A user of etcd, whose password is the first line of a file.
    package struct Account: Sendable, Equatable {
        package let user: String
        package let passwordFile: String
    }

    package init(
        endpoints: [String],
        prefix: String = "/coreos.com/network",
        authorityFile: String? = nil,
        certificate: ClientCertificate? = nil,
        account: Account? = nil
    ) {
        self.endpoints = endpoints
        self.prefix = prefix
        self.authorityFile = authorityFile
        self.certificate = certificate
        self.account = account
    }
}
