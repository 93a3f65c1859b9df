import ClusterState
import Crypto

/// The users that a Secret names.
struct PasswordFile {
    private(set) var hashes: [String: PasswordHash] = [:]
    private(set) var complaints: [RuleComplaint] = []

    /// Reads one of type `kubernetes.io/basic-auth`, with `username` and `password` as they are, or one with lines as
    /// htpasswd writes them, under `users` or whatever its only key is.
    init(_ secret: Secret) {
        let object = ObjectKey(.secret, secret.metadata.namespacedName)
        if secret.type == "kubernetes.io/basic-auth" {
            readPlain(secret, object)
        } else if let lines = secret.data["users"] ?? (secret.data.count == 1 ? secret.data.first?.value : nil) {
            readLines(lines, object)
        } else {
            complain(object, "data", "the lines that htpasswd prints are expected under the key users; put them there")
        }
    }

    private mutating func complain(_ object: ObjectKey, _ place: String, _ message: String) {
        complaints.append(RuleComplaint(object, at: place, message))
    }

    private mutating func readPlain(_ secret: Secret, _ object: ObjectKey) {
        guard let user = secret.data["username"], let password = secret.data["password"], !password.isEmpty else {
            return complain(object, "data", "username and password are expected; write both")
        }
        guard let name = Self.userName(user) else {
            return complain(object, "data.username", "no user can be called so; take out colons and controls")
        }
        hashes[name] = .sha1(digest: Array(Insecure.SHA1.hash(data: password)))
    }

    /// One user a line; the last one of a name counts. Neither names nor hashes are repeated in complaints.
    private mutating func readLines(_ lines: [UInt8], _ object: ObjectKey) {
        for (index, line) in lines.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let text = String(decoding: line, as: UTF8.self).trimmed
            guard !text.isEmpty, !text.hasPrefix("#") else { continue }
            let place = "data, line \(index + 1)"
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let name = Self.userName(Array(parts[0].utf8)) else {
                complain(object, place, "USER:HASH is expected; the line is left out")
                continue
            }
            do throws(PasswordHash.Fault) {
                hashes[name] = try PasswordHash(parsing: parts[1])
            } catch {
                hashes[name] = nil
                complain(object, place, "the user cannot log in: \(error.message)")
            }
        }
    }

    /// Nil for what cannot be sent, since it has a colon, or must not reach a backend in a field, since it has a control.
    private static func userName(_ octets: [UInt8]) -> String? {
        guard !octets.isEmpty, !octets.contains(UInt8(ascii: ":")), FieldSyntax.isValue(octets) else { return nil }
        return String(validating: octets, as: UTF8.self)
    }
}
