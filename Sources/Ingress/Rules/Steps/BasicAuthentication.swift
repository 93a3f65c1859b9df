/// Lets in those who know a password (Traefik's BasicAuth, RFC 7617).
package struct BasicAuthentication: Hashable, Sendable {
    /// By user name. Never empty, so that an unknown user costs the same work as a known one.
    package var users: [String: PasswordHash]
    package var realm: String
    /// Whether the backend does not get to see `Authorization`.
    package var removesHeader: Bool
    /// The field that tells the backend who it is.
    package var userField: String?

    package init(
        users: [String: PasswordHash],
        realm: String = "traefik",
        removesHeader: Bool = false,
        userField: String? = nil
    ) {
        self.users = users
        self.realm = realm
        self.removesHeader = removesHeader
        self.userField = userField
    }
}
