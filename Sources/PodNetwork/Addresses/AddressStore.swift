import LinuxSystem
import Netlink
package import NetworkTypes

/// Which pod has which address, in files as CNI's `host-local` plugin keeps them, so that either adopts the other's.
///
/// One file per address, named after it, holds the container ID and the interface; `last_reserved_ip.N` holds the
/// address that was given last. All is done under a lock on the file `lock`, which host-local takes too.
package struct AddressStore: Sendable {
    /// The directory of one network.
    package let directory: String
    private let lockLimit: Duration?

    /// - Parameters:
    ///   - dataDirectory: the directory of all networks.
    ///   - lockLimit: how long the lock is waited for; for ever if it is left out.
    package init(dataDirectory: String, network: String, lockLimit: Duration? = nil) {
        directory = "\(dataDirectory)/\(network)"
        self.lockLimit = lockLimit
    }

    /// Gives the attachment one address of each range: the one asked for, or the next one after the last given.
    ///
    /// All or none are given.
    package func reserve(
        for attachment: CNIAttachment,
        from ranges: [AddressRange],
        asking requested: [IPAddress] = []
    ) throws(CNIError) -> [IPAddress] {
        do {
            try Files.createDirectory(directory)
            return try locked { try reserveAll(attachment, ranges, requested) }
        } catch {
            throw CNIError("reserve an address in \(directory)", error)
        }
    }

    /// Makes sure, once the attachment's link is there, that the addresses are still its own: while ADD stood still, they
    /// may have been taken for a dead pod's. Those that nobody has now are taken again.
    package func confirm(_ addresses: [IPAddress], of attachment: CNIAttachment) throws(CNIError) {
        do {
            try locked {
                for address in addresses { try confirm(address, of: attachment) }
            }
        } catch {
            throw CNIError("keep an address in \(directory)", error)
        }
    }

    private func confirm(_ address: IPAddress, of attachment: CNIAttachment) throws {
        let path = file(of: address)
        guard let owner = try owner(of: address) else {
            return try Files.create(path, with: Reservation.text(of: attachment))
        }
        if owner.isOf(attachment) { return }
        // Under the lock an empty file can only be what a crash left.
        if owner.container.isEmpty { return try Files.rewrite(path, with: Reservation.text(of: attachment)) }
        throw CNIError(
            .tryAgainLater,
            "the address \(address) of container \(attachment.container) was given to container \(owner.container)",
            details: "ADD stood still for so long that its address counted as left over; nothing of it stays"
        )
    }

    /// All that is given, by address.
    package func reservations() throws(CNIError) -> [Reservation] {
        do {
            guard Files.exists(directory) else { return [] }
            return try list()
        } catch {
            throw CNIError("read the addresses in \(directory)", error)
        }
    }
}

// MARK: - Files

extension AddressStore {
    private var lockFile: String { "\(directory)/lock" }
    func file(of address: IPAddress) -> String { "\(directory)/\(address)" }
    private func lastFile(_ number: Int) -> String { "\(directory)/last_reserved_ip.\(number)" }

    func locked<Value>(_ body: () throws -> Value) throws -> Value {
        let lock =
            if let lockLimit { try FileLock.exclusive(lockFile, within: lockLimit) } else {
                try FileLock.exclusive(lockFile)
            }
        let result = Result(catching: body)
        _ = consume lock
        return try result.get()
    }

    func list() throws -> [Reservation] {
        var reservations: [Reservation] = []
        for name in try Files.list(directory) {
            guard let address = try? IPAddress(parsing: name) else { continue }
            // Whoever frees an address takes the lock; who only reads does not.
            guard let text = try? Files.readText("\(directory)/\(name)") else { continue }
            reservations.append(Reservation(address, text: text))
        }
        return reservations
    }

    private func reserveAll(
        _ attachment: CNIAttachment,
        _ ranges: [AddressRange],
        _ requested: [IPAddress]
    ) throws -> [IPAddress] {
        var given: [IPAddress] = []
        do {
            for (number, range) in ranges.enumerated() {
                let wanted = requested.first { $0.family == range.subnet.family }
                given.append(try reserve(wanted, in: range, number, for: attachment))
            }
        } catch {
            for address in given { try? Files.remove(file(of: address)) }
            throw error
        }
        return given
    }

    private func reserve(
        _ wanted: IPAddress?,
        in range: AddressRange,
        _ number: Int,
        for attachment: CNIAttachment
    ) throws -> IPAddress {
        let text = Reservation.text(of: attachment)
        if let wanted {
            try check(wanted, in: range)
            try Files.create(file(of: wanted), with: text)
            return wanted
        }
        let address = try free(in: range, number)
        try Files.create(file(of: address), with: text)
        // The order of giving is a courtesy to caches of neighbours: losing it costs nothing.
        try? Files.rewrite(lastFile(number), with: address.description)
        return address
    }

    private func free(in range: AddressRange, _ number: Int) throws(CNIError) -> IPAddress {
        let last = (try? Files.readText(lastFile(number))).flatMap { text in
            try? IPAddress(parsing: text.filter { !$0.isWhitespace })
        }
        let isTaken: (IPAddress) -> Bool = { Files.exists(file(of: $0)) }
        if let address = range.next(after: last, unless: isTaken) { return address }
        try? removeUnowned()
        if let address = range.next(after: last, unless: isTaken) { return address }
        throw CNIError(
            .noAddress,
            "no address of \(range.subnet) is free in \(directory)",
            details: "remove pods from this node, or remove the files of containers that no longer exist"
        )
    }

    private func check(_ wanted: IPAddress, in range: AddressRange) throws {
        guard range.contains(wanted) else {
            throw CNIError(
                .invalidConfiguration,
                "the address \(wanted) that was asked for is none of \(range.subnet)'s for pods",
                details: "ask for one of this node's subnet, other than its gateway \(range.gateway.address)"
            )
        }
        guard let owner = try owner(of: wanted) else { return }
        if owner.container.isEmpty { return try Files.remove(file(of: wanted)) }
        throw CNIError(
            .addressTaken,
            "the address \(wanted) that was asked for belongs to container \(owner.container)",
            details: "ask for another one, or remove \(file(of: wanted)) if that container no longer exists"
        )
    }

    /// What a crash left: under the lock nobody else is between making a file and writing it.
    private func removeUnowned() throws {
        for reservation in try list() where reservation.container.isEmpty {
            try Files.remove(file(of: reservation.address))
        }
    }

    private func owner(of address: IPAddress) throws(SystemCallError) -> Reservation? {
        do throws(SystemCallError) {
            return Reservation(address, text: try Files.readText(file(of: address)))
        } catch  where error.errno == .noEntry {
            return nil
        }
    }
}
