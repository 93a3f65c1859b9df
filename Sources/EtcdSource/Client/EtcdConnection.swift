/// How the etcd cluster is reached.
package struct EtcdConnection: Sendable, Hashable {
    /// A user of etcd, whose password is the first line of a file.
    package struct Account: Sendable, Hashable {
        package let user: String
        package let passwordFile: String

        package init(user: String, passwordFile: String) {
            self.user = user
            self.passwordFile = passwordFile
        }
    }

    /// URLs without a slash at the end; tried in order, the one that answered last first.
    package var endpoints: [String]
    /// PEM; nil trusts what the system trusts.
    package var authorityFile: String?
    /// PEM: what Linnet shows to the server, both or neither.
    package var certificateFile: String?
    package var keyFile: String?
    package var account: Account?
    /// How long one endpoint may take to answer.
    package var patience: Duration

    package init(
        endpoints: [String],
        authorityFile: String? = nil,
        certificateFile: String? = nil,
        keyFile: String? = nil,
        account: Account? = nil,
        patience: Duration = .seconds(3)
    ) {
        self.endpoints = endpoints
        self.authorityFile = authorityFile
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.account = account
        self.patience = patience
    }
}
