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

    /// - Parameter dataDirectory: the directory of all networks.
    package init(dataDirectory: String, network: String) {
        directory = "\(dataDirectory)/\(network)"
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

    /// Takes back every address of the attachment, and those that a crash left without an owner. None, or no directory,
    /// is fine.
    package func release(_ attachment: CNIAttachment) throws(CNIError) {
        // Under the lock an empty file can only be what a crash left.
        _ = try release { $0.isOf(attachment) || $0.container.isEmpty }
    }

    /// Takes back every address whose owner is not one of these, and those that a crash left without an owner.
    /// Returns the owners that lost one.
    @discardableResult
    package func releaseAll(except valid: [CNIAttachment]) throws(CNIError) -> [Reservation] {
        try release { reservation in !valid.contains { reservation.isOf($0) } }
    }

    /// Takes back every address that `isGone` says is nobody's any longer. Returns them.
    ///
    /// - Parameter isGone: asked under the lock, with the time when the address was given, in seconds since 1970.
    package func releaseLeaked(where isGone: (Reservation, Double) -> Bool) throws(CNIError) -> [Reservation] {
        try release { reservation in
            guard let status = try? Files.status(file(of: reservation.address)) else { return false }
            return isGone(reservation, Double(status.modified) / 1e9)
        }
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

/// An address and whose it is.
package struct Reservation: Hashable, Sendable {
    package let address: IPAddress
    /// Empty after a crash of who reserved it.
    package let container: String
    /// Nil in the files of old host-local versions.
    package let interface: String?

    /// - Parameter text: the file's content: the container ID and, on the second line, the interface.
    init(_ address: IPAddress, text: String) {
        self.address = address
        let lines = text.split(whereSeparator: \.isNewline).map { $0.filter { !$0.isWhitespace } }
        container = lines.first.map { String($0) } ?? ""
        interface = lines.count > 1 ? String(lines[1]) : nil
    }

    /// Whose the address is, if the file says it as the plugin writes it.
    package var attachment: CNIAttachment? {
        guard let id = ContainerID(rawValue: container), let name = LinkName(rawValue: interface ?? "") else {
            return nil
        }
        return CNIAttachment(container: id, interface: name)
    }

    package func isOf(_ attachment: CNIAttachment) -> Bool {
        container == attachment.container.rawValue
            && (interface == nil || interface == attachment.interface.rawValue)
    }
}

// MARK: - Files

extension AddressStore {
    private var lockFile: String { "\(directory)/lock" }
    private func file(of address: IPAddress) -> String { "\(directory)/\(address)" }
    private func lastFile(_ number: Int) -> String { "\(directory)/last_reserved_ip.\(number)" }

    private func locked<Value>(_ body: () throws -> Value) throws -> Value {
        let lock = try FileLock.exclusive(lockFile)
        let result = Result(catching: body)
        _ = consume lock
        return try result.get()
    }

    private func list() throws -> [Reservation] {
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
        let text = "\(attachment.container)\r\n\(attachment.interface)"
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
        guard Files.exists(file(of: wanted)) else { return }
        let owner = Reservation(wanted, text: try Files.readText(file(of: wanted)))
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

    private func release(_ isGone: (Reservation) -> Bool) throws(CNIError) -> [Reservation] {
        do {
            guard Files.exists(directory) else { return [] }
            return try locked {
                let gone = try list().filter(isGone)
                for reservation in gone { try Files.remove(file(of: reservation.address)) }
                return gone
            }
        } catch {
            throw CNIError("release addresses in \(directory)", error)
        }
    }
}
