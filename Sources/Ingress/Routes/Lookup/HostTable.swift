/// All hosts: how requests find their routes.
struct HostTable: Sendable {
    private(set) var all: [HostPattern: HostRoutes] = [:]
    private var exact: HostIndex
    private var wildcards: HostIndex
    private var any: HostRoutes?
    private var otherwise: HostRoutes?

    init(seed: UInt64 = 0) {
        exact = HostIndex(seed: seed)
        wildcards = HostIndex(seed: seed)
    }

    subscript(_ pattern: HostPattern) -> HostRoutes? {
        get { all[pattern] }
        set {
            let former = all[pattern]
            all[pattern] = newValue
            switch pattern {
            case .exact: Self.set(newValue, for: former, in: &exact)
            case .wildcard: Self.set(newValue, for: former, in: &wildcards)
            case .any: any = newValue
            case .otherwise: otherwise = newValue
            }
        }
    }

    private static func set(_ new: HostRoutes?, for former: HostRoutes?, in index: inout HostIndex) {
        if let new { index.set(new) } else if let former { index.remove(former.name) }
    }

    /// The route of a request. A host's own rules go first, then those of its wildcard, then those for all hosts: what no
    /// path of the one is for may take the next.
    @inline(__always)
    func route(host: Span<UInt8>, path: Span<UInt8>, over point: EntryPoint) -> Route? {
        guard !path.isEmpty, path[0] == .slash else { return nil }
        if let own = exact.find(host) {
            let value = own.value(for: path, over: point)
            if value >= 0 { return own.routes[Int(value)] ?? defaultRoute(path, point) }
        }
        if !wildcards.isEmpty, let start = Self.secondLabel(of: host),
            let own = wildcards.find(host.extracting(start..<host.count))
        {
            let value = own.value(for: path, over: point)
            if value >= 0 { return own.routes[Int(value)] ?? defaultRoute(path, point) }
        }
        if let any {
            let value = any.value(for: path, over: point)
            if value >= 0 { return any.routes[Int(value)] ?? defaultRoute(path, point) }
        }
        return defaultRoute(path, point)
    }

    private func defaultRoute(_ path: Span<UInt8>, _ point: EntryPoint) -> Route? {
        guard let otherwise else { return nil }
        let value = otherwise.value(for: path, over: point)
        return value >= 0 ? otherwise.routes[Int(value)] : nil
    }

    /// Where what stands behind the first label begins; nil if there is no such label.
    private static func secondLabel(of host: Span<UInt8>) -> Int? {
        for index in host.indices where host[index] == UInt8(ascii: ".") { return index > 0 ? index + 1 : nil }
        return nil
    }
}

extension HostTable: Equatable {
    static func == (left: HostTable, right: HostTable) -> Bool { left.all == right.all }
}
