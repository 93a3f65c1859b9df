import LinuxSystem

/// A service that nobody sends anything, and that waits for nothing.
protocol QuietService: PacketService {}

extension QuietService {
    var deadline: Duration? { nil }

    func answer(
        _ packet: Span<UInt8>,
        from origin: PacketOrigin,
        into reply: inout OutputSpan<UInt8>,
        _ ports: PacketPorts
    ) -> PacketAnswer { .done }
    func receive(_ packet: Span<UInt8>, on exchange: PacketExchange.ID, _ ports: PacketPorts) {}
    func fail(_ exchange: PacketExchange.ID, _ reason: Errno, _ ports: PacketPorts) {}
    func expire(_ ports: PacketPorts) {}
}
