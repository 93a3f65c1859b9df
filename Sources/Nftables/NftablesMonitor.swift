internal import Glibc
package import LinuxSystem

/// Something that happened to a ruleset of the network namespace.
package enum NftablesNotification: Hashable, Sendable {
    /// Something of this table was added, changed or deleted.
    case changed(Table, portID: UInt32)
    /// A transaction is complete: the ruleset is of this generation now. All changes of it were notified before.
    case generation(UInt32, by: RulesetWriterProcess)
    /// Notifications were lost: read what matters again.
    case resynchronise
}

/// Who committed a transaction, as the kernel saw it.
package struct RulesetWriterProcess: Hashable, Sendable, CustomStringConvertible {
    /// The netlink port of its socket.
    package let portID: UInt32
    package let processID: UInt32
    /// The name of the process, at most 15 bytes.
    package let name: String

    package init(portID: UInt32, processID: UInt32, name: String) {
        self.portID = portID
        self.processID = processID
        self.name = name
    }

    package var description: String { "\(name)(\(processID))" }
}

/// Hears of every change to the rulesets of a network namespace.
package final class NftablesMonitor: Sendable {
    private let channel: NetfilterChannel

    private init(_ channel: NetfilterChannel) {
        self.channel = channel
    }

    /// Listens in the network namespace of the calling thread.
    package static func open() throws(NftablesError) -> NftablesMonitor {
        NftablesMonitor(try NetfilterChannel.open(groups: [group]))
    }

    /// Listens in another network namespace.
    package static func open(in namespace: NetworkNamespace) throws(NftablesError) -> NftablesMonitor {
        NftablesMonitor(try NetfilterChannel.open(groups: [group], in: namespace))
    }

    /// Becomes readable when there are notifications.
    package var descriptor: SharedDescriptor { channel.descriptor }

    /// The notifications that have come since the last call; does not wait.
    package func drain() throws(NftablesError) -> [NftablesNotification] {
        var notifications: [NftablesNotification] = []
        while true {
            do throws(NftablesError) {
                guard let datagram = try channel.receive(waiting: false, for: "read", "notifications of nf_tables")
                else { return notifications }
                for message in ReceivedMessage.messages(in: datagram) {
                    guard let notification = NftablesNotification(message) else { continue }
                    // Thousands of elements of one table need to be told once.
                    if notification != notifications.last { notifications.append(notification) }
                }
            } catch {
                guard error.errno?.rawValue == ENOBUFS else { throw error }
                notifications.append(.resynchronise)
            }
        }
    }

    /// NFNLGRP_NFTABLES
    private static let group: Int32 = 7
}

extension NftablesNotification {
    /// Nil for a message of something else.
    init?(_ message: ReceivedMessage) {
        guard message.type >> 8 == ReceivedMessage.subsystem else { return nil }
        let attributes = message.attributes
        if message.kind == .newGeneration {
            guard let generation = attributes.number(1) else { return nil }
            let process = RulesetWriterProcess(
                portID: message.port,
                processID: attributes.number(2) ?? 0,
                name: attributes.text(3) ?? "?"
            )
            self = .generation(generation, by: process)
            return
        }
        // Every other object has its table's name as the first attribute.
        guard let name = attributes.text(1), !name.isEmpty else { return nil }
        self = .changed(Table(name, family: TableFamily(rawValue: message.family)), portID: message.port)
    }
}
