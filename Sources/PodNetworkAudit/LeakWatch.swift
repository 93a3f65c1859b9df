import NetworkTypes
package import PodNetwork

/// Tells which addresses nobody will give back. Pure: it knows what it is shown, and remembers what it saw.
///
/// An address whose pod has no link is a leak once two looks at least a minute apart found none, by a clock that nobody
/// can set. After a reboot the first look is enough, since no link outlives it.
package struct LeakWatch: Hashable, Sendable {
    /// The least time between two looks.
    package static let patience = Duration.seconds(60)

    /// What is a leak at any look that finds no link: what was there before the machine started anew, and what the last
    /// look found and could not be released.
    private var known: Set<GivenReservation>
    private var isAfterBoot: Bool
    /// The time of the first look that found no link.
    private var unlinked: [GivenReservation: Duration] = [:]

    /// What a look found.
    package struct Finding: Hashable, Sendable {
        package var leaks: [GivenReservation] = []
        /// Those of other plugins that may have a link, or may not.
        package var undecided: [Reservation] = []
    }

    /// - Parameters:
    ///   - outlived: what was given when the machine ran last.
    ///   - isAfterBoot: whether it has started anew since.
    package init(outlived: [GivenReservation] = [], isAfterBoot: Bool = false) {
        known = isAfterBoot ? Set(outlived) : []
        self.isAfterBoot = isAfterBoot
    }

    /// Looks at all that are given.
    ///
    /// - Parameters:
    ///   - links: as they are now, while nobody can reserve an address.
    ///   - now: since some moment, by a clock that only goes forward.
    package mutating func look(at given: [GivenReservation], _ links: PodLinks, now: Duration) -> Finding {
        var finding = Finding()
        var unlinked: [GivenReservation: Duration] = [:]
        for file in given {
            let reservation = file.reservation
            if let attachment = reservation.attachment, links.names.contains(HostLink.name(of: attachment)) { continue }
            // The lock is held between the making of a file and its writing: an empty one is what a crash left.
            if known.contains(file) || reservation.container.isEmpty {
                finding.leaks.append(file)
                continue
            }
            guard reservation.isOwn || Self.isDecidable(reservation, links) else {
                finding.undecided.append(reservation)
                continue
            }
            let first = self.unlinked[file] ?? now
            if isAfterBoot || now - first >= Self.patience {
                finding.leaks.append(file)
            } else {
                unlinked[file] = first
            }
        }
        self.unlinked = unlinked
        isAfterBoot = false
        known = Set(finding.leaks)
        return finding
    }

    /// Whether no pod at all can have the address that another plugin gave: no link is left that could be its, and it is
    /// of the bridge's subnet, which no other link can carry.
    private static func isDecidable(_ reservation: Reservation, _ links: PodLinks) -> Bool {
        links.foreign.isEmpty && links.subnets.contains { $0.contains(reservation.address) }
    }
}
