/// Lets in those who know a password (Traefik's BasicAuth, RFC 7617).
package struct BasicAuthentication: Hashable, Sendable {
    /// By user name.
    package let users: [String: PasswordHash]
    /// What the passwords of unknown users are compared with: as costly as that of the first user.
    let decoy: PasswordHash
    package var realm: String
    /// Whether the backend does not get to see `Authorization`.
    package var removesHeader: Bool
    /// The field that tells the backend who it is.
    package var userField: String?

    /// - Precondition: there is a user.
    package init(
        users: [String: PasswordHash],
        realm: String = "traefik",
        removesHeader: Bool = false,
        userField: String? = nil
    ) {
        precondition(!users.isEmpty, "nobody could be let in")
        self.users = users
        decoy = users.min { $0.key < $1.key }?.value ?? .sha1(digest: [])
        self.realm = realm
        self.removesHeader = removesHeader
        self.userField = userField
    }
}
