package import LinuxSystem
import Synchronization

/// A socket to the kernel's routing tables, in the network namespace that it was opened in.
///
/// Calls block for as long as the kernel takes, and one waits for another: give each thread of use a socket of its own.
package final class NetlinkSocket: RouteNetlink {
    let exchange: Mutex<NetlinkExchange<NetlinkChannel>>
    /// The number that notifications of this socket's writes carry.
    package let portID: NetlinkPortID

    // Room for the acknowledgements of a batch many times over.
    private static let receiveBuffer: Int32 = 1 << 20
    // The kernel answers at once: who waits for seconds has lost a reply.
    private static let patience = 10

    /// Opens a socket in the namespace of the calling thread.
    package static func open() throws(NetlinkError) -> NetlinkSocket {
        do throws(Errno) {
            let channel = try NetlinkChannel.open(isBlocking: true, receiveBuffer: receiveBuffer)
            channel.limitReceive(seconds: patience)
            return NetlinkSocket(NetlinkExchange(channel))
        } catch {
            throw NetlinkError(opening: "netlink socket", error)
        }
    }

    /// Opens a socket in another namespace. It stays there, whichever thread uses it.
    package static func open(in namespace: NetworkNamespace) throws(NetlinkError) -> NetlinkSocket {
        do {
            return try namespace.run { try NetlinkSocket.open() }
        } catch {
            throw NetlinkError(entering: namespace, error)
        }
    }

    private init(_ exchange: consuming NetlinkExchange<NetlinkChannel>) {
        portID = NetlinkPortID(rawValue: exchange.portID)
        self.exchange = Mutex(exchange)
    }
}

/// The number by which the kernel tells netlink sockets of a namespace apart.
package struct NetlinkPortID: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// Whether it stands for the kernel, which acts by itself then or does not say for whom.
    package var isKernel: Bool { rawValue == 0 }

    /// Name and number of the process that probably has the socket: most programs' first one has the number of their
    /// process. Nil if there is no such process.
    package var process: String? {
        guard !isKernel, let name = ProcessFacts.name(ofProcess: rawValue) else { return nil }
        return "\(name)(\(rawValue))"
    }

    /// What is known of a socket whose process is gone; nil for the kernel.
    package var trace: String? { isKernel ? nil : "netlink port \(rawValue)" }
}

// MARK: - Writing

extension NetlinkSocket {
    package func perform(_ operations: [NetlinkOperation]) -> [NetlinkError?] {
        var messages: [NetlinkMessage] = []
        var owners: [Int] = []
        var results: [NetlinkError?] = Array(repeating: nil, count: operations.count)
        for (place, operation) in operations.enumerated() {
            guard let complaint = operation.contradiction else {
                let own = operation.messages
                messages += own
                owners += Array(repeating: place, count: own.count)
                continue
            }
            results[place] = error(of: operation, Refusal(errno: .invalidArgument, message: nil), remedy: complaint)
        }
        let refusals = exchange.withLock { $0.acknowledge(messages) }
        for (place, refusal) in zip(owners, refusals) where results[place] == nil {
            guard let refusal else { continue }
            results[place] = error(of: operations[place], refusal)
        }
        return results
    }

    /// Has the kernel delete a link, and returns when it has, without an acknowledgement to wait for.
    ///
    /// The link is gone, and its `linkRemoved` notified, long before: of the 20 ms that the call takes all but one are a
    /// barrier for memory that nobody sees. Who must not wait calls this on a thread, or in a process, that may.
    package func requestDeletion(of link: LinkReference) throws(NetlinkError) {
        let refusal = exchange.withLock { exchange -> Refusal? in
            do throws(Refusal) {
                try exchange.send(link.deletion([]))
                return nil
            } catch {
                return error
            }
        }
        if let refusal { throw error(of: .deleteLink(link), refusal) }
    }

    private func error(of operation: NetlinkOperation, _ refusal: Refusal, remedy: String? = nil) -> NetlinkError {
        NetlinkError(
            operation: operation.verb,
            subject: operation.subject { name(of: $0) ?? $0.description },
            errno: refusal.errno,
            kernelMessage: refusal.message,
            remedy: remedy ?? operation.remedy(for: refusal.errno)
        )
    }

    private func name(of index: InterfaceIndex) -> String? {
        (try? link(index))?.name.rawValue
    }
}
