/// A set of the places where requests come in.
struct EntryPoints: OptionSet, Hashable, Sendable {
    let rawValue: UInt8

    static let all = EntryPoints(EntryPoint.allCases)

    init(rawValue: UInt8) {
        self.rawValue = rawValue
    }

    init(_ points: [EntryPoint]) {
        rawValue = points.reduce(0) { $0 | 1 << UInt8($1.index) }
    }

    var points: [EntryPoint] { EntryPoint.allCases.filter { contains(EntryPoints([$0])) } }
}

extension EntryPoint {
    /// Its place in lists that have one value for each.
    @inline(__always)
    var index: Int {
        switch self {
        case .web: 0
        case .websecure: 1
        }
    }
}
