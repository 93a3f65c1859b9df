import Crypto

/// A password that has to be compared with a hash: `isRight` takes up to seconds and belongs on a thread that serves no
/// connections. Printing one shows no password.
package struct PasswordCheck: Hashable, Sendable {
    /// The keyed hash of all that the result depends on: checks of one key need be made once.
    package struct Key: Hashable, Sendable {
        let code: [UInt8]
    }

    /// Who the client says to be.
    package let user: String
    package let key: Key
    /// The step that waits for the result.
    let step: Int
    /// What the steps before have done.
    let edits: HeadEdits
    private let password: [UInt8]
    private let hash: PasswordHash
    /// Whether there is such a user. If not, the comparison is made all the same, so that the time it takes tells nothing.
    private let isKnown: Bool

    init(
        _ credentials: BasicCredentials,
        _ hash: PasswordHash,
        isKnown: Bool,
        _ memory: RuleMemory,
        step: Int,
        _ edits: HeadEdits
    ) {
        user = credentials.user
        password = credentials.password
        self.hash = hash
        self.isKnown = isKnown
        self.step = step
        self.edits = edits
        var code = HMAC<SHA256>(key: memory.key)
        for part in [[isKnown ? 1 : 0], Array(user.utf8), password, hash.octets] {
            code.update(data: withLength(part))
        }
        key = Key(code: Array(code.finalize()))
    }

    /// Whether the password is the user's.
    package func isRight() -> Bool { hash.matches(password) && isKnown }
}

/// Octets that no others can be taken for.
private func withLength(_ octets: [UInt8]) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: octets.count >> (8 * $0)) } + octets
}

extension PasswordCheck: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "password of \(user), \(hash)" }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["user": user]) }
}

extension BasicAuthentication {
    func check(
        _ credentials: BasicCredentials,
        _ memory: RuleMemory,
        step: Int,
        _ edits: HeadEdits
    ) -> PasswordCheck {
        let known = users[credentials.user]
        return PasswordCheck(credentials, known ?? decoy, isKnown: known != nil, memory, step: step, edits)
    }

    /// What somebody is answered who is not let in (RFC 7617 section 2).
    func challenge() -> LocalAnswer {
        let quoted = realm.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
        return LocalAnswer(
            401,
            fields: [EditedField("WWW-Authenticate", "Basic realm=\"\(quoted)\"")],
            reason: "no valid credentials"
        )
    }
}
