/// Changes of entries that are not in the table yet, seen as if they were.
struct EntryEdits {
    private let table: EntryTable
    private var values: [EntryKey: [UInt8]?] = [:]

    init(_ table: EntryTable) {
        self.table = table
    }

    subscript(_ key: EntryKey) -> [UInt8]? {
        get { values[key] ?? table[key] }
        set { values[key] = .some(newValue) }
    }

    /// Those that make a difference.
    var changes: [EntryKey: [UInt8]?] {
        values.filter { table[$0.key] != $0.value }
    }
}
