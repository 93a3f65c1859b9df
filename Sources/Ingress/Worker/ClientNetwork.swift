import LinuxSystem

/// Whose a client is, as far as its address tells: an IPv4 address, or the first 64 bits of an IPv6 address, since one host
/// has all that begin so.
struct ClientNetwork: Hashable, Sendable {
    /// Of IPv4 addresses those 64 bits of the mapped form that differ. No IPv6 address of a client begins like them: they
    /// would be of 0::/8 (RFC 4291 section 2.4).
    private let bits: UInt64

    init(_ address: PacketAddress) {
        bits = address.isIPv4 ? address.low : address.high
    }
}
