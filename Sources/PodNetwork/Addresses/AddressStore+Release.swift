import LinuxSystem

extension AddressStore {
    /// Takes back every address of the attachment, and those that a crash left without an owner. None, or no directory,
    /// is fine.
    package func release(_ attachment: CNIAttachment) throws(CNIError) {
        // Under the lock an empty file can only be what a crash left.
        try releaseAll { $0.isOf(attachment) || $0.container.isEmpty }
    }

    /// Takes back every address whose owner is not one of these, and those that a crash left without an owner.
    package func releaseAll(except valid: [CNIAttachment]) throws(CNIError) {
        try releaseAll { reservation in !valid.contains { reservation.isOf($0) } }
    }

    /// Takes back the addresses that `pick` names, as far as that is possible.
    ///
    /// - Parameter pick: asked under the lock, with all that are given.
    package func releaseLeaked(
        picking pick: ([GivenReservation]) throws -> [GivenReservation]
    ) throws(CNIError) -> AddressRelease {
        do {
            guard Files.exists(directory) else { return AddressRelease() }
            return try locked {
                let given = try list().compactMap { reservation -> GivenReservation? in
                    let path = file(of: reservation.address)
                    guard let status = try? Files.status(path) else { return nil }
                    return GivenReservation(reservation, written: status.modified)
                }
                return remove(try pick(given).map(\.reservation))
            }
        } catch {
            throw CNIError("look for leaked addresses in \(directory)", error)
        }
    }

    private func releaseAll(where isGone: (Reservation) -> Bool) throws(CNIError) {
        let release: AddressRelease
        do {
            guard Files.exists(directory) else { return }
            release = try locked { remove(try list().filter(isGone)) }
        } catch {
            throw CNIError("release addresses in \(directory)", error)
        }
        guard !release.failures.isEmpty else { return }
        let all = release.released.count + release.failures.count
        throw CNIError(
            .inputOutput,
            "\(release.released.count) of \(all) addresses were released: \(release.failures.joined(separator: "; "))",
            details: "call DEL again once \(directory) can be written"
        )
    }

    /// Goes on after a failure: each address that comes free is one.
    private func remove(_ reservations: [Reservation]) -> AddressRelease {
        var release = AddressRelease()
        for reservation in reservations {
            do throws(SystemCallError) {
                try Files.remove(file(of: reservation.address))
                release.released.append(reservation)
            } catch {
                release.failures.append("\(error)")
            }
        }
        return release
    }
}
