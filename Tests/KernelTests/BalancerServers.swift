import Glibc
import LinuxSystem
import NetworkNamespaces
import NetworkTypes

/// Servers of TCP and UDP in several namespaces, worked by one thread: each says its name and the address that it sees its
/// client by, `one 203.0.113.9`. A stream gets back what it sends afterwards, for as long as it stays open.
final class BalancerServers: Sendable {
    private let thread = KernelThread(name: "servers")
    /// The thread ends when this does.
    private let lifeline: SharedDescriptor

    init(_ places: [BalancerPlace: TestNamespace]) throws {
        var ends: [Int32] = [0, 0]
        _ = try systemCall("socketpair") {
            socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends)
        }
        lifeline = SharedDescriptor(adopting: ends[0])
        let otherEnd = SharedDescriptor(adopting: ends[1])
        let listeners = try places.flatMap { place, namespace in
            try namespace.namespace.run { try Self.listeners(of: place) }
        }
        Task.detached(executorPreference: thread) {
            var loop = BalancerServerLoop(listeners, whileOpen: otherEnd)
            loop.run()
        }
    }

    deinit { thread.stop() }

    private static func listeners(of place: BalancerPlace) throws -> [BalancerServerLoop.Listener] {
        // Nodes have several addresses: what they answer comes from the one that was asked.
        let addresses =
            switch place {
            case .node: ["192.0.2.1", "2001:db8::1"]
            case .peer: ["192.0.2.2", "2001:db8::2"]
            default: ["::"]
            }
        return try addresses.flatMap { text in
            try [TransportProtocol.tcp, .udp].map { transport in
                let address = try IPAddress(parsing: text)
                let socket = try BalancerSocket.listening(transport, at: address, BalancerTestbed.port)
                return BalancerServerLoop.Listener(name: place.rawValue, socket: socket)
            }
        }
    }
}

/// What the servers' thread does.
private struct BalancerServerLoop {
    struct Listener: Sendable {
        let name: String
        let socket: BalancerSocket
    }

    private let listeners: [Listener]
    private let lifeline: SharedDescriptor
    private var streams: [Int32: BalancerSocket] = [:]

    init(_ listeners: [Listener], whileOpen lifeline: SharedDescriptor) {
        self.listeners = listeners
        self.lifeline = lifeline
    }

    mutating func run() {
        while true {
            let numbers = [lifeline.rawValue] + listeners.map(\.socket.number) + streams.keys
            var waiting = numbers.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            _ = poll(&waiting, nfds_t(waiting.count), -1)
            if waiting[0].revents != 0 { return }
            for event in waiting.dropFirst(1 + listeners.count) where event.revents != 0 { echo(event.fd) }
            for (listener, event) in zip(listeners, waiting.dropFirst()) where event.revents != 0 { serve(listener) }
        }
    }

    private mutating func serve(_ listener: Listener) {
        guard listener.socket.transport == .tcp else {
            while listener.socket.answer({ "\(listener.name) \($0)" }) {}
            return
        }
        while let (stream, peer) = listener.socket.accepted() {
            stream.send("\(listener.name) \(peer)")
            streams[stream.number] = stream
        }
    }

    private mutating func echo(_ number: Int32) {
        guard let text = try? streams[number]?.receive(), !text.isEmpty else {
            streams[number] = nil
            return
        }
        streams[number]?.send(text)
    }
}
