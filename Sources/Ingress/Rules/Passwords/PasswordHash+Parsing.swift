extension PasswordHash {
    /// Why a hash cannot be used: what is wrong and what to do.
    struct Fault: Error {
        let message: String
    }

    /// The costs of bcrypt that are accepted: from 4, its least, to 15, at which a comparison takes seconds.
    static let costs = 4...15

    /// Reads what stands behind the user's name.
    init(parsing text: some StringProtocol) throws(Fault) {
        if text.hasPrefix("$2") {
            try self.init(bcrypt: text)
        } else if text.hasPrefix("$apr1$") || text.hasPrefix("$1$") {
            try self.init(md5: text)
        } else if text.hasPrefix("{SHA}") {
            guard let digest = Base64.decode(text.dropFirst(5).utf8), digest.count == 20 else {
                throw Fault(message: "what follows {SHA} is no SHA-1 digest in base64; make it anew with htpasswd -s")
            }
            self = .sha1(digest: digest)
        } else {
            throw Fault(message: "it is no hash by bcrypt, apr1 or {SHA}; make one with htpasswd -B")
        }
    }

    /// `$2y$10$` and 53 signs. `$2x$` marks hashes of a faulty implementation, which no right one can confirm.
    private init(bcrypt text: some StringProtocol) throws(Fault) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, ["2a", "2b", "2y"].contains(parts[1]), parts[2].utf8.count == 2,
            let cost = Int(parts[2]), parts[3].utf8.count == 53,
            let salt = Base64.decodeCrypt(parts[3].utf8.prefix(22)),
            let digest = Base64.decodeCrypt(parts[3].utf8.suffix(31))
        else { throw Fault(message: "it is no whole bcrypt hash; make it anew with htpasswd -B") }
        guard Self.costs.contains(cost) else {
            throw Fault(
                message: "a cost of \(cost) is not within \(Self.costs.lowerBound) to \(Self.costs.upperBound); "
                    + "make it anew with htpasswd -B -C 10"
            )
        }
        self = .bcrypt(cost: cost, salt: salt, digest: digest)
    }

    /// `$apr1$salt$digest`
    private init(md5 text: some StringProtocol) throws(Fault) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 4, (1...8).contains(parts[2].utf8.count), parts[3].utf8.count == 22,
            let digest = MD5Crypt.digest(fromText: parts[3].utf8)
        else { throw Fault(message: "it is no whole apr1 hash; make it anew with htpasswd -B") }
        self = .md5(magic: "$\(parts[1])$", salt: Array(parts[2].utf8), digest: digest)
    }
}
