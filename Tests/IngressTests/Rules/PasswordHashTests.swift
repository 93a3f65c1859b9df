import Testing

@testable import Ingress

/// Hashes as htpasswd and crypt(3) write them. The expected ones were made by libxcrypt and OpenSSL.
@Suite struct PasswordHashTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let password: String
        let hash: String

        init(_ password: String, _ hash: String) {
            self.password = password
            self.hash = hash
        }

        var testDescription: String { "\(password) \(hash)" }
    }

    private static let long = String(repeating: "0123456789abcdef", count: 4) + "01234567"
    private static let sentence = "a much longer password than one block of sixteen"

    static let rows = [
        Row("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"),
        Row("", "$2y$04$abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq"),
        Row("secret", "$2b$04$XajjQvNhvvRt5GSeFk1xFevzAJCFx0OEM1iKEb870GMYSyAwwRigi"),
        Row("pässword", "$2y$04$......................zGba3rUzo6RobFnEbJ3ZOnvxLsnfNBK"),
        // No more than 72 octets count.
        Row(long, "$2b$04$abcdefghijklmnopqrstuuWTSHkTgWdsWag7rtSY2APXG6jxP2cuq"),
        Row(long + "TAIL", "$2b$04$abcdefghijklmnopqrstuuWTSHkTgWdsWag7rtSY2APXG6jxP2cuq"),
        Row("secret", "$2y$06$nQ7nuwnZ5tYYVLMwMxbyQO6d1o01YMq4QSaHZ0ySvOeCp46bkmPEK"),
        Row("secret", "$apr1$r31abcde$SZEN.U5sWGGNcv9YsUrqI."),
        Row("", "$apr1$r31abcde$TQvwpj0ayQKth6GtVaf2T1"),
        Row("a", "$apr1$xy$T6yk43HTfQwCY.mtbxwJ8/"),
        Row("0123456789abcdef", "$apr1$r31abcde$ahoBR6PznoYXimEqavv4P."),
        Row(sentence, "$apr1$xy$TqXQUrEUDpVBmqyoNzcQa1"),
        Row("secret", "$1$xy$mkJt1Ht8AivD6sawHd.Cf1"),
        Row(sentence, "$1$r31abcde$4QR2UvLApSWMJSKQBjBzh1"),
        Row("secret", "{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ="),
        Row("", "{SHA}2jmj7l5rSw0yVb/vlWAYkK/YBwk="),
    ]

    @Test(arguments: rows) func `the password and no other fits`(row: Row) throws {
        let hash = try PasswordHash(parsing: row.hash)
        #expect(hash.matches(Array(row.password.utf8)))
        #expect(!hash.matches(Array("x\(row.password)".utf8)))
        #expect(!"\(hash) \(String(reflecting: hash))".contains(row.hash.suffix(12)))
    }

    struct Fault: CustomTestStringConvertible, Sendable {
        let text: String
        let message: String

        init(_ text: String, _ message: String) {
            self.text = text
            self.message = message
        }

        var testDescription: String { text }
    }

    private static let tail = "abcdefghijklmnopqrstuubyCG3zY1GIXMyxfivm.ClDiInHzxjiq"

    static let faults = [
        Fault("", "no hash"),
        Fault("secret", "no hash"),
        Fault("$5$salt$digest", "no hash"),
        Fault("$6$salt$digest", "no hash"),
        Fault("{SSHA}5en6G6MezRroT3XKqkdPOmY/BfQ=", "no hash"),
        Fault("{SHA}5en6G6MezRroT3XKqkdPOmY", "no SHA-1 digest"),
        Fault("{SHA}?", "no SHA-1 digest"),
        Fault("$2x$04$\(tail)", "no whole bcrypt"),
        Fault("$2y$4$\(tail)", "no whole bcrypt"),
        Fault("$2y$04$\(tail.dropLast())", "no whole bcrypt"),
        Fault("$2y$04$\(tail.dropLast())!", "no whole bcrypt"),
        Fault("$2y$03$\(tail)", "cost of 3"),
        Fault("$2y$31$\(tail)", "cost of 31"),
        Fault("$apr1$r31abcde", "no whole apr1"),
        Fault("$apr1$r31abcde9$SZEN.U5sWGGNcv9YsUrqI.", "no whole apr1"),
        Fault("$apr1$r31abcde$SZEN.U5sWGGNcv9YsUrqI", "no whole apr1"),
        Fault("$apr1$r31abcde$SZEN.U5sWGGNcv9YsUrqIz", "no whole apr1"),
    ]

    @Test(arguments: faults) func `what is no hash says so`(row: Fault) {
        let error = #expect(throws: PasswordHash.Fault.self) { try PasswordHash(parsing: row.text) }
        #expect(error?.message.contains(row.message) == true)
    }

    @Test func `the digits of pi are those of Blowfish`() {
        #expect(PiDigits.words.count == 18 + 4 * 256)
        #expect(PiDigits.words.first == 0x243f_6a88 && PiDigits.words.last == 0x3ac3_72e6)
    }
}
