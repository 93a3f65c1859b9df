package import LinuxSystem
package import NetworkTypes
import Synchronization

/// A socket that asks the kernel for the listeners of the network namespace that it was opened in.
package final class ListenerSocket: Sendable {
    private let exchange: Mutex<NetlinkExchange<NetlinkChannel>>

    private static let receiveBuffer: Int32 = 1 << 20
    private static let patience = 10

    /// Opens a socket in the namespace of the calling thread.
    package static func open() throws(NetlinkError) -> ListenerSocket {
        do throws(Errno) {
            let channel = try NetlinkChannel.open(.sockets, isBlocking: true, receiveBuffer: receiveBuffer)
            channel.limitReceive(seconds: patience)
            return ListenerSocket(NetlinkExchange(channel))
        } catch {
            throw NetlinkError(opening: "sock_diag socket", error)
        }
    }

    /// Opens a socket in another namespace. It stays there, whichever thread uses it.
    package static func open(in namespace: NetworkNamespace) throws(NetlinkError) -> ListenerSocket {
        do {
            return try namespace.run { try ListenerSocket.open() }
        } catch {
            throw NetlinkError(entering: namespace, error)
        }
    }

    private init(_ exchange: consuming NetlinkExchange<NetlinkChannel>) {
        self.exchange = Mutex(exchange)
    }

    /// All listeners of TCP or of UDP. The kernel leaves out connections, however many there are.
    package func listeners(_ transport: TransportProtocol) throws(NetlinkError) -> [Listener] {
        var listeners: [Listener] = []
        for family in AddressFamily.allCases {
            let result = exchange.withLock { exchange -> Result<[Listener], Refusal> in
                do throws(Refusal) {
                    return .success(
                        try exchange.dump(Listener.dumpRequest(transport, socketFamily: family)) { _, payload in
                            Listener(transport, payload: payload)
                        }
                    )
                } catch {
                    return .failure(error)
                }
            }
            switch result {
            case .success(let found): listeners += found
            // Nobody speaks for the family: the kernel is without IPv6.
            case .failure(let refusal) where refusal.errno == .noEntry && family == .ipv6: continue
            case .failure(let refusal): throw Self.error(transport, refusal)
            }
        }
        return listeners
    }

    private static func error(_ transport: TransportProtocol, _ refusal: Refusal) -> NetlinkError {
        NetlinkError(
            operation: "read listeners",
            subject: "of \(transport)",
            errno: refusal.errno,
            kernelMessage: refusal.message,
            remedy: refusal.errno == .noEntry ? "load the module \(transport)_diag" : nil
        )
    }
}
