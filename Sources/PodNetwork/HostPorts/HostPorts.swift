import LinuxSystem
package import Netlink
import NetworkTypes
package import Nftables

/// The host ports of a node: records on disk, rules in the table `linnet-cni`, and the flows that rules decided earlier.
///
/// The plugin and the agent share it. Each call holds the records' lock from its first look to its last change.
package struct HostPorts: Sendable {
    let records: HostPortRecords
    let bridge: LinkName
    let kernel: NodeKernel
    let nftables: @Sendable () throws(NftablesError) -> NftablesSocket

    /// - Parameters:
    ///   - directory: where the records are.
    ///   - bridge: the bridge that pods hang on.
    ///   - lockLimit: how long the records' lock is waited for; for ever if it is left out.
    ///   - nftables: the socket to write rules with; asked for only when there is something to write.
    package init(
        directory: String,
        bridge: LinkName,
        kernel: NodeKernel,
        lockLimit: Duration? = nil,
        nftables: @escaping @Sendable () throws(NftablesError) -> NftablesSocket
    ) {
        records = HostPortRecords(directory: directory, lockLimit: lockLimit)
        self.bridge = bridge
        self.kernel = kernel
        self.nftables = nftables
    }

    /// Gives the attachment its ports. All or none are given: a port that another living pod has refuses it.
    ///
    /// The host's end must be there already: a record without one counts as left over from a crash.
    ///
    /// - Returns: what could not be done and without which the ports are there all the same.
    package func claim(_ record: HostPortRecord) throws(CNIError) -> [String] {
        try record.check()
        let step = "give \(record.holder) its host ports"
        do {
            return try records.locked {
                let others = try records.read().records.filter { $0.attachment != record.attachment }
                let dead = try others.filter { try isInTheWay($0, of: record) }
                let staying = others.filter { !dead.contains($0) }
                do {
                    try records.write(record)
                    try change(adding: [record], removing: dead, to: staying + [record])
                } catch {
                    let left = shortcoming("its record stays until the agent's next look") {
                        try records.remove(record.attachment)
                    }
                    guard let left = left.first else { throw error }
                    throw CNIError(step, error, code: .kernel, details: left)
                }
                for record in dead { try records.remove(record.attachment) }
                return settleLocalhost(staying + [record])
                    + shortcoming("flows over UDP to the ports of \(record.holder) that began earlier go elsewhere") {
                        try redirectFlows(of: record)
                    }
            }
        } catch let error as NftablesError {
            throw CNIError(step, error, code: .kernel)
        } catch {
            throw CNIError(step, error)
        }
    }

    /// Takes the attachment's ports back. One that has none is fine, and costs next to nothing.
    ///
    /// - Returns: what could not be done and without which the ports are free all the same.
    package func release(_ attachment: CNIAttachment) throws(CNIError) -> [String] {
        guard records.contains(attachment) else { return [] }
        return try release("take back the host ports of container \(attachment.container)") {
            $0.attachment == attachment
        } and: { all in
            guard !all.contains(where: { $0.attachment == attachment }) else { return [] }
            // A file that is no record does not say which rules are its; those of all others are known.
            try records.remove(attachment)
            let shortcomings = settleLocalhost(all)
            try rebuild(HostPortTable(all, bridge: bridge), on: nftables())
            return shortcomings
        }
    }

    /// Takes back the ports of every attachment of the network that is not one of these.
    package func releaseAll(of network: String, except valid: [CNIAttachment]) throws(CNIError) -> [String] {
        guard Files.exists(records.directory) else { return [] }
        return try release("take back host ports of \(network)") { record in
            record.network == network && !valid.contains(record.attachment)
        }
    }

    private func release(
        _ step: String,
        where isMeant: (HostPortRecord) -> Bool,
        and then: ([HostPortRecord]) throws -> [String] = { _ in [] }
    ) throws(CNIError) -> [String] {
        do {
            return try records.locked {
                let all = try records.read().records
                let gone = all.filter(isMeant)
                return try remove(gone, from: all) + then(all)
            }
        } catch let error as NftablesError {
            throw CNIError(step, error, code: .kernel)
        } catch {
            throw CNIError(step, error)
        }
    }

    /// Throws what is no longer as ADD left it.
    func check(_ record: HostPortRecord) throws {
        let found = try records.read().records.first { $0.attachment == record.attachment }
        guard found?.mappings == record.mappings, found?.addresses == record.addresses else {
            throw damage(record, "its host ports are not recorded in \(records.directory)")
        }
        let held = try nftables().read(.linnetCNI)
        for (set, elements) in HostPortTable([record], bridge: bridge).elements {
            let present = held.sets[set.name]?.elements ?? []
            guard elements.allSatisfy(present.contains) else {
                throw damage(record, "a host port is missing from the set \(set.name) of table \(Table.linnetCNI)")
            }
        }
    }

    private func damage(_ record: HostPortRecord, _ text: String) -> CNIError {
        CNIError(
            .attachmentDamaged,
            "\(record.holder): \(text)",
            details: "the agent puts rules back; delete the pod if it has no record"
        )
    }

    /// Whether the record has a port that the other one wants, and is left over from a pod that is gone. Throws if that
    /// pod lives.
    private func isInTheWay(_ other: HostPortRecord, of record: HostPortRecord) throws -> Bool {
        guard let mapping = record.clash(with: other) else { return false }
        guard try kernel.hostLink(of: other.attachment) != nil else { return true }
        throw CNIError(
            .hostPortTaken,
            "the host port \(mapping) that \(record.holder) wants is held by \(other.holder)",
            details: "remove that pod from this node, or choose another port"
        )
    }
}

// MARK: - Rules and flows

extension HostPorts {
    /// - Parameter records: all that are to be in the table afterwards.
    private func change(
        adding: [HostPortRecord],
        removing: [HostPortRecord],
        to records: [HostPortRecord]
    ) throws(NftablesError) {
        let socket = try nftables()
        let whole = HostPortTable(records, bridge: bridge)
        // Without ports there is no table, and with the first comes all of it.
        if records.isEmpty || records == adding { return try rebuild(whole, on: socket) }
        let operations =
            HostPortTable(removing, bridge: bridge).removals + HostPortTable(adding, bridge: bridge).additions
        do throws(NftablesError) {
            try socket.commit(Transaction(.linnetCNI, operations))
        } catch {
            // Somebody flushed or changed the table: the records say what it is.
            guard error.errno == .noEntry || error.errno == .exists else { throw error }
            try rebuild(whole, on: socket)
        }
    }

    func rebuild(_ table: HostPortTable, on socket: NftablesSocket) throws(NftablesError) {
        try socket.commit(Transaction(.linnetCNI, table.rebuilding))
    }

    /// Removes these of all the records, and their rules and flows. Returns what of the flows could not be done.
    func remove(_ gone: [HostPortRecord], from all: [HostPortRecord]) throws -> [String] {
        guard !gone.isEmpty else { return [] }
        let staying = all.filter { !gone.contains($0) }
        // While the rules that keep pods out are still there.
        var shortcomings = settleLocalhost(staying)
        try change(adding: [], removing: gone, to: staying)
        for record in gone {
            try records.remove(record.attachment)
            shortcomings += shortcoming("flows over UDP to \(record.holder) go on to whoever gets its address") {
                try forgetFlows(of: record)
            }
        }
        return shortcomings
    }

    /// What does not work because the step failed, for people: a host port is no worse for it, but somebody may wonder.
    private func shortcoming(_ text: String, unless step: () throws -> Void) -> [String] {
        do {
            try step()
            return []
        } catch {
            return ["\(text): \(error)"]
        }
    }

    /// What the node sends to its own 127.0.0.1 leaves by the bridge: the kernel must let it, and its answers in, as long
    /// as there is a port to reach. Returns what does not work.
    ///
    /// - Parameter records: all that there are.
    func settleLocalhost(_ records: [HostPortRecord]) -> [String] {
        let routing = LocalhostRouting(directory: self.records.directory, bridge: bridge, kernel: kernel)
        if records.contains(where: { $0.addresses.contains { $0.family == .ipv4 } }) {
            return shortcoming("host ports are not reached through the node's own 127.0.0.1") { try routing.open() }
        }
        return shortcoming("route_localnet stays 1 on the bridge without the rules that keep pods from 127.0.0.1") {
            try routing.close()
        }
    }

    /// Flows over UDP that were on their way to one of the ports before this record had it begin anew.
    private func redirectFlows(of record: HostPortRecord) throws {
        guard record.mappings.contains(where: { $0.transport == .udp }) else { return }
        let own = Set(try kernel.network.addresses(of: nil).map(\.address.address))
        try forEachDatagramPort(of: record) { socket, address, mapping in
            let filter = ConntrackFilter(
                family: address.family,
                transport: .udp,
                originalDestination: mapping.oneAddress,
                originalDestinationPort: mapping.hostPort
            )
            try socket.delete(filter) { flow in
                let isToNode = own.contains(flow.original.destination) || flow.original.destination.isLoopback
                // What passes through the node to the same port of elsewhere is nobody's business.
                return isToNode
                    && (flow.reply.source != address || flow.reply.sourcePort != mapping.containerPort)
            }
        }
    }

    /// Flows over UDP to the pod would go on to whoever has its address next.
    private func forgetFlows(of record: HostPortRecord) throws {
        try forEachDatagramPort(of: record) { socket, address, mapping in
            let filter = ConntrackFilter(
                family: address.family,
                transport: .udp,
                originalDestination: mapping.oneAddress,
                originalDestinationPort: mapping.hostPort,
                replySource: address,
                replySourcePort: mapping.containerPort
            )
            try socket.delete(filter)
        }
    }

    private func forEachDatagramPort(
        of record: HostPortRecord,
        _ body: (ConntrackSocket, IPAddress, PortMapping) throws -> Void
    ) throws {
        let mappings = record.mappings.filter { $0.transport == .udp }
        guard !mappings.isEmpty else { return }
        let socket = try kernel.namespace.map { try ConntrackSocket.open(in: $0) } ?? ConntrackSocket.open()
        for address in record.addresses {
            for mapping in mappings where mapping.concerns(address.family) { try body(socket, address, mapping) }
        }
    }
}
