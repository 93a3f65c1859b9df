import LinuxSystem
import Netlink
package import Nftables

/// What a comparison of records and rules found, and made right.
package struct HostPortRepair: Hashable, Sendable {
    /// The records that stand.
    package var records: [HostPortRecord] = []
    /// Those of pods that no longer exist, which were removed.
    package var removed: [HostPortRecord] = []
    /// How many elements and chains were missing, or other than the records say.
    package var missing = 0
    /// How many elements and chains were there that no record explains.
    package var surplus = 0
    /// Files that are no records.
    package var problems: [String] = []
    /// What could not be done and without which the ports are there all the same.
    package var shortcomings: [String] = []

    /// Whether rules had to be written.
    package var isRepaired: Bool { missing + surplus > 0 }
}

extension HostPorts {
    /// Removes the records of pods that no longer exist, and makes the table what the others say.
    package func repair() throws -> HostPortRepair {
        guard Files.exists(records.directory) else { return try repairTable(HostPortRepair()) }
        return try records.locked {
            var repair = HostPortRepair()
            try records.removeUnfinished()
            let contents = try records.read()
            repair.problems = contents.problems
            repair.removed = try contents.records.filter { try kernel.hostLink(of: $0.attachment) == nil }
            repair.records = contents.records.filter { !repair.removed.contains($0) }
            repair.shortcomings = try remove(repair.removed, from: contents.records)
            // A bridge that is not there has no setting: whoever makes it wakes the next repair.
            let hasBridge = try kernel.network.link(named: bridge) != nil
            // The table keeps pods from what the setting opens: it is there first and goes last.
            if repair.records.isEmpty { repair.shortcomings += settleLocalhost([]) }
            repair = try repairTable(repair)
            if !repair.records.isEmpty, hasBridge { repair.shortcomings += settleLocalhost(repair.records) }
            return repair
        }
    }

    /// Closes the node's own 127.0.0.1 to pods while nobody puts the rules back that keep them out; the next repair opens
    /// it to host ports again.
    package func closeLocalhost() throws {
        guard Files.exists(records.directory) else { return }
        try records.locked {
            try LocalhostRouting(directory: records.directory, bridge: bridge, kernel: kernel).pause()
        }
    }

    private func repairTable(_ repair: HostPortRepair) throws -> HostPortRepair {
        var repair = repair
        let socket = try nftables()
        let wanted = HostPortTable(repair.records, bridge: bridge)
        let difference = HostPortDifference(wanted, held: try socket.read(.linnetCNI))
        repair.missing = difference.missing
        repair.surplus = difference.surplus
        if repair.isRepaired { try rebuild(wanted, on: socket) }
        return repair
    }
}

/// How what the kernel holds differs from the table that the records make.
package struct HostPortDifference: Hashable, Sendable {
    /// How many elements, chains and sets are missing or other than they should be.
    package private(set) var missing = 0
    /// How many are there that should not be.
    package private(set) var surplus = 0

    package init(_ wanted: HostPortTable, held: TableContents) {
        guard !wanted.isEmpty else {
            surplus = held.exists ? 1 : 0
            return
        }
        if held.isDormant { missing += 1 }
        for planned in wanted.chains {
            guard let present = held.chains[planned.chain.name], present == HeldChain(planned.chain, planned.rules)
            else {
                missing += 1
                continue
            }
        }
        surplus += Set(held.chains.keys).subtracting(wanted.chains.map(\.chain.name)).count
        surplus += Set(held.sets.keys).subtracting(HostPortSet.all.map(\.name)).count
        for set in HostPortSet.all { compare(set, wanted.elements[set, default: []], held.sets[set.name]) }
    }

    private mutating func compare(_ set: HostPortSet, _ wanted: [SetElement], _ held: HeldSet?) {
        guard let held, held.shape == set.definition.shape else {
            missing += 1 + wanted.count
            return
        }
        let present = Set(held.elements ?? [])
        missing += Set(wanted).subtracting(present).count
        surplus += present.subtracting(wanted).count
    }
}
