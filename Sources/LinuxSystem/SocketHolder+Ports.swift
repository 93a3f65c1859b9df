extension SocketHolder {
    /// Who serves a port on an address, or on all; nil if nobody does, or if it is hidden from this process.
    ///
    /// By the kernel's tables as text: sock_diag(7) says the same in a form of its own for each of four kinds of sockets,
    /// and this is read only when a port is held.
    ///
    /// - Parameter address: 4 or 16 octets.
    package static func ofPort(_ port: UInt16, _ address: [UInt8], _ transport: PacketTransport) -> SocketHolder? {
        let name = transport == .stream ? "tcp" : "udp"
        // Who serves all addresses of IPv6 may serve those of IPv4 too.
        for table in address.count == 4 ? [name, "\(name)6"] : ["\(name)6"] {
            guard let text = try? Files.readText("/proc/thread-self/net/\(table)"),
                let inode = inode(ofPort: port, address, listening: transport == .stream, in: text)
            else { continue }
            return holder(ofInode: inode)
        }
        return nil
    }

    /// Who has a port of netlink's family for netfilter in the calling thread's network namespace; nil if nobody has, or if
    /// it is hidden from this process.
    package static func ofNetfilterPort(_ port: UInt32) -> SocketHolder? {
        guard let text = try? Files.readText("/proc/thread-self/net/netlink") else { return nil }
        return inode(ofNetfilterPort: port, in: text).flatMap { holder(ofInode: $0) }
    }

    /// The inode of the socket of a netlink port in a table of the form of /proc/net/netlink, whose columns are sk, Eth (the
    /// family), Pid (the port), Groups, Rmem, Wmem, Dump, Locks, Drops, Inode.
    package static func inode(ofNetfilterPort port: UInt32, in table: String) -> UInt64? {
        for line in table.split(separator: "\n").dropFirst() {
            let columns = line.split(separator: " ", omittingEmptySubsequences: true)
            // NETLINK_NETFILTER
            if columns.count > 9, columns[1] == "12", UInt32(columns[2]) == port { return UInt64(columns[9]) }
        }
        return nil
    }

    /// The inode of the socket of a port in a table of the form of /proc/net/udp, whose columns are sl, local_address,
    /// rem_address, st, two queues, timer, retrnsmt, uid, timeout, inode. Addresses are words of 32 bits in hexadecimal, each
    /// as this machine reads it; of a server of streams st is 0A. One that serves this address alone goes before one that
    /// serves all, as it does for the kernel; in the way of who wants all is whoever serves any.
    package static func inode(
        ofPort port: UInt16,
        _ address: [UInt8],
        listening: Bool,
        in table: String
    ) -> UInt64? {
        // Who wants all addresses is refused for the sake of any.
        let isForAll = address.allSatisfy { $0 == 0 }
        // What a socket of IPv6 calls an address of IPv4 (RFC 4291 section 2.5.5.2).
        let mapped = [UInt8](repeating: 0, count: 10) + [0xff, 0xff] + address
        var ofAll: UInt64?
        for line in table.split(separator: "\n").dropFirst() {
            let columns = line.split(separator: " ", omittingEmptySubsequences: true)
            guard columns.count > 9, !listening || columns[3] == "0A" else { continue }
            let local = columns[1].split(separator: ":")
            guard local.count == 2, UInt16(local[1], radix: 16) == port else { continue }
            let own = octets(local[0])
            if own == address || own == mapped { return UInt64(columns[9]) }
            if ofAll == nil, isForAll || own.allSatisfy({ $0 == 0 }) { ofAll = UInt64(columns[9]) }
        }
        return ofAll
    }

    private static func octets(_ text: Substring) -> [UInt8] {
        var rest = text
        var octets: [UInt8] = []
        while let word = UInt32(rest.prefix(8), radix: 16), rest.count >= 8 {
            rest = rest.dropFirst(8)
            octets += (0..<4).map { UInt8(truncatingIfNeeded: UInt32(littleEndian: word) >> (8 * UInt32($0))) }
        }
        return octets
    }
}
