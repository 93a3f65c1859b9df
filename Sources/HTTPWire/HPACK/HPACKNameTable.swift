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

    private let fixed = HPACKStaticTable.shared
    private let names = FieldNameTable.shared
    /// The index for each known name.
    private var indices = [UInt8](repeating: 0, count: FieldName.allCases.count)

    private init() {
        for index in (1...HPACKStaticTable.count).reversed() {
            let range = fixed.name(index)
            let name = names.name(fixed.octets.span, range.lowerBound, range.upperBound)
            if name != .other { indices[Int(name.rawValue)] = UInt8(index) }
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
        let pseudoFields = Self.pseudoFields
        for index in pseudoFields where fixed.nameCount(index) == name.count {
            if fixed.octets.span.extracting(fixed.name(index)).isSame(as: name) { return index }
        }
        return 0
    }
}
