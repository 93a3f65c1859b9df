/// The notes that nft keeps with an object in the kernel and reads when it lists: comments, and how sets are typed.
///
/// A list of entries of type, length and value, each of one byte but the value; numbers are in host byte order, as nft
/// itself writes them (services.md says how it was found out; libnftnl has the types as `nftnl_udata_*`).
struct UserData: Hashable, Sendable {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ type: UInt8, _ value: [UInt8]) {
        guard value.count <= 255 else { return }
        bytes += [type, UInt8(value.count)]
        bytes += value
    }

    mutating func append(_ type: UInt8, _ number: UInt32) {
        append(type, number.hostBytes)
    }

    /// Text is stored with a NUL at its end, cut to what nft can show.
    mutating func append(_ type: UInt8, text: String) {
        let utf8 = text.utf8.prefix(Self.longestComment)
        bytes.reserveCapacity(bytes.count + utf8.count + 3)
        bytes.append(type)
        bytes.append(UInt8(utf8.count + 1))
        bytes += utf8
        bytes.append(0)
    }

    /// The longest comment in bytes that nft reads (NFTNL_UDATA_COMMENT_MAXLEN less the NUL).
    static let longestComment = 127

    /// The text of the first entry of this type, or nil.
    static func text(_ type: UInt8, in bytes: [UInt8]) -> String? {
        var index = 0
        while index + 2 <= bytes.count {
            let end = index + 2 + Int(bytes[index + 1])
            guard end <= bytes.count else { return nil }
            if bytes[index] == type {
                return String(decoding: bytes[(index + 2)..<end].prefix { $0 != 0 }, as: UTF8.self)
            }
            index = end
        }
        return nil
    }

    /// The entry types of comments, which differ by object (NFTNL_UDATA_*_COMMENT).
    enum CommentType {
        static let table: UInt8 = 0
        static let chain: UInt8 = 0
        static let rule: UInt8 = 0
        static let element: UInt8 = 0
        static let set: UInt8 = 7
    }
}
