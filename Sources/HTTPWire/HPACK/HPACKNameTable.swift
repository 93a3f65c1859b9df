/// What an encoder knows of names.
struct HPACKNameTable: Sendable {
    static let shared = HPACKNameTable()

    /// What is known of one name.
    struct Match: Sendable {
        let field: FieldName
        /// The first field of the static table with that name, or 0.
        let index: Int

        @inline(__always)
        var isPath: Bool { index == HPACKNameTable.path }

        /// Whether the value belongs to one client, while others may share the table.
        @inline(__always)
        var isSecret: Bool {
            field == .cookie || field == .setCookie || field == .authorization || field == .proxyAuthorization
        }
    }

    private static let path = 4
    /// The first fields of the static table with `:authority`, `:method`, `:path`, `:scheme` and `:status`.
    private static let pseudoFields = [1, 2, path, 6, 8]

    /// A pseudo-header field.
    private struct Pseudo: Sendable {
        let index: Int
        let count: Int
        /// The first eight octets and the last eight.
        let first: UInt64
        let last: UInt64
    }

    private let names = FieldNameTable.shared
    /// The index for each known name.
    private var indices = [UInt8](repeating: 0, count: FieldName.allCases.count)

    private var pseudoFields: [Pseudo] = []

    private init() {
        let fixed = HPACKStaticTable.shared
        for index in (1...HPACKStaticTable.count).reversed() {
            let range = fixed.name(index)
            let name = names.name(fixed.octets.span, range.lowerBound, range.upperBound)
            if name != .other { indices[Int(name.rawValue)] = UInt8(index) }
        }
        pseudoFields = Self.pseudoFields.map {
            let (first, last) = Self.words(fixed.octets.span.extracting(fixed.name($0)))
            return Pseudo(index: $0, count: fixed.nameCount($0), first: first, last: last)
        }
    }

    /// Finds a name in any case.
    @inline(__always)
    func find(_ name: Span<UInt8>) -> Match {
        if name.count > 0, name[0] == Octet.colon { return Match(field: .other, index: pseudoField(name)) }
        let field = names.name(name, 0, name.count)
        return Match(field: field, index: Int(indices[Int(field.rawValue)]))
    }

    private func pseudoField(_ name: Span<UInt8>) -> Int {
        let (first, last) = Self.words(name)
        for index in 0..<pseudoFields.count {
            let field = pseudoFields[index]
            if field.count == name.count, field.first == first, field.last == last { return field.index }
        }
        return 0
    }

    @inline(__always)
    private static func words(_ name: Span<UInt8>) -> (first: UInt64, last: UInt64) {
        let lastStart = max(name.count &- 8, 0)
        return (
            OctetWord.load(name, at: 0, count: name.count),
            OctetWord.load(name, at: lastStart, count: name.count &- lastStart)
        )
    }
}
