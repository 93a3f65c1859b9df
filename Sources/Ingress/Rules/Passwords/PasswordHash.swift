/// A password as htpasswd stores it. Printing one shows nothing of it.
package enum PasswordHash: Hashable, Sendable {
    /// `$2y$`, with the logarithm of the rounds, 16 octets of salt and 23 of the digest.
    case bcrypt(cost: Int, salt: [UInt8], digest: [UInt8])
    /// `$apr1$` and `$1$`, which differ in this word alone, with up to 8 octets of salt and 16 of the digest.
    case md5(magic: String, salt: [UInt8], digest: [UInt8])
    /// `{SHA}`, without salt: 20 octets.
    case sha1(digest: [UInt8])
}

extension PasswordHash: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String {
        switch self {
        case .bcrypt(let cost, _, _): "bcrypt, cost \(cost)"
        case .md5(let magic, _, _): "MD5 (\(magic))"
        case .sha1: "SHA-1"
        }
    }

    package var debugDescription: String { description }

    package var customMirror: Mirror { Mirror(self, children: ["format": description]) }
}
