/// The ports of this node that load balancers want, counted as frontends come and go.
struct WantedPorts: Hashable, Sendable {
    private(set) var ports: Set<HeldPort> = []
    private var counts: [HeldPort: Int] = [:]

    mutating func add(_ port: HeldPort) {
        counts[port, default: 0] += 1
        if counts[port] == 1 { ports.insert(port) }
    }

    mutating func remove(_ port: HeldPort) {
        guard let count = counts[port] else { return }
        counts[port] = count > 1 ? count - 1 : nil
        if count == 1 { ports.remove(port) }
    }
}
