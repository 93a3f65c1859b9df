import LinuxSystem
import Netlink
import NetworkTypes

extension KernelState {
    mutating func replaceNeighbour(_ neighbour: Neighbour) throws(Errno) {
        _ = try existing(neighbour.interface)
        if let position = neighbours.firstIndex(where: { $0.hasSameKey(as: neighbour) }) {
            neighbours[position] = neighbour
        } else {
            neighbours.append(neighbour)
        }
        notify(.neighbour(neighbour))
    }

    mutating func deleteNeighbour(_ neighbour: Neighbour) throws(Errno) {
        _ = try existing(neighbour.interface)
        guard let position = neighbours.firstIndex(where: { $0.hasSameKey(as: neighbour) }) else { throw .noEntry }
        notify(.neighbourRemoved(neighbours.remove(at: position)))
    }

    mutating func setForwardingEntry(_ entry: ForwardingEntry) throws(Errno) {
        try admit(entry)
        if let position = forwardingEntries.firstIndex(where: { $0.hasSameKey(as: entry) }) {
            forwardingEntries[position] = entry
        } else {
            forwardingEntries.append(entry)
        }
        notify(.forwardingEntry(entry))
    }

    mutating func appendForwardingEntry(_ entry: ForwardingEntry) throws(Errno) {
        try admit(entry)
        let mayRepeat = entry.linkAddress.isMulticast || entry.linkAddress.rawValue == 0
        // The kernel drops a further destination of a unicast address without a word.
        let isKept = forwardingEntries.contains { mayRepeat ? $0 == entry : $0.hasSameKey(as: entry) }
        guard !isKept else { return }
        forwardingEntries.append(entry)
        notify(.forwardingEntry(entry))
    }

    mutating func deleteForwardingEntry(_ entry: ForwardingEntry) throws(Errno) {
        _ = try existing(entry.interface)
        let meant = forwardingEntries.filter {
            $0.hasSameKey(as: entry) && (entry.destination == nil || $0.destination == entry.destination)
        }
        guard !meant.isEmpty else { throw .noEntry }
        forwardingEntries.removeAll(where: meant.contains)
        for removed in meant { notify(.forwardingEntryRemoved(removed)) }
    }

    private func admit(_ entry: ForwardingEntry) throws(Errno) {
        let link = try existing(entry.interface)
        guard case .vxlan(let vxlan) = link.kind, entry.place == .own else { return }
        guard let destination = entry.destination else { throw .invalidArgument }
        let family = vxlan.group?.family ?? vxlan.local?.family ?? .ipv4
        guard destination.family == family else { throw .familyNotSupported }
    }
}

extension Neighbour {
    fileprivate func hasSameKey(as other: Neighbour) -> Bool {
        interface == other.interface && address == other.address && isProxy == other.isProxy
    }
}

extension ForwardingEntry {
    fileprivate func hasSameKey(as other: ForwardingEntry) -> Bool {
        interface == other.interface && linkAddress == other.linkAddress && place == other.place && vlan == other.vlan
    }
}
