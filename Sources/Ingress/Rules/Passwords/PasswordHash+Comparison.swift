import Crypto

extension PasswordHash {
    /// Whether a password is the one. With bcrypt it takes up to seconds.
    func matches(_ password: [UInt8]) -> Bool {
        switch self {
        case .bcrypt(let cost, let salt, let digest):
            Self.areEqual(Bcrypt.digest(password, cost: cost, salt: salt), digest)
        case .md5(let magic, let salt, let digest):
            Self.areEqual(MD5Crypt.digest(password, magic: Array(magic.utf8), salt: salt), digest)
        case .sha1(let digest):
            Self.areEqual(Array(Insecure.SHA1.hash(data: password)), digest)
        }
    }

    /// All that makes the hash, for keys that others are made of.
    var octets: [UInt8] {
        switch self {
        case .bcrypt(let cost, let salt, let digest): [1, UInt8(cost)] + salt + digest
        case .md5(let magic, let salt, let digest): [2] + Array(magic.utf8) + salt + digest
        case .sha1(let digest): [3] + digest
        }
    }

    /// Compares in a time that says nothing of where they differ.
    private static func areEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count else { return false }
        var difference: UInt8 = 0
        for index in left.indices { difference |= left[index] ^ right[index] }
        return difference == 0
    }
}
