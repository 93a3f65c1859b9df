import NetworkTypes

extension HeldPort {
    /// `ipv4/tcp/80`, as the extras of a node's lease have it.
    var leaseText: String { "\(family.description.lowercased())/\(transport)/\(port)" }

    /// Nil if the text is none of a port that services can have.
    init?(leaseText: String) {
        let parts = leaseText.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let port = UInt16(parts[2]), port > 0,
            let family = AddressFamily.allCases.first(where: { $0.description.lowercased() == parts[0] }),
            let transport = [TransportProtocol.tcp, .udp, .sctp].first(where: { $0.description == parts[1] })
        else { return nil }
        self.init(family, transport, port)
    }
}

extension FrontendRefusal {
    /// The port of this node that somebody of it has; nil for what another service has.
    var heldPort: HeldPort? {
        guard case .host = reason else { return nil }
        return HeldPort(frontend)
    }
}

extension BalancerReport {
    /// What the extras of this node's lease say of it, in order.
    package var refusedPorts: [String] { Set(refusals.compactMap(\.heldPort)).sorted().map(\.leaseText) }
}
