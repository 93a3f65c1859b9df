import Foundation
import NotifySocket
import Synchronization

/// A service manager's store of descriptors: takes what one agent sends, and hands it to the next.
final class KeptDescriptors: Sendable {
    private struct State {
        var kept: [(name: String, descriptor: Int32)] = []
        var isOver = false
    }

    private let socket: NotifySocket
    private let state: Mutex<State>

    /// Listens until `close`, on a thread of its own: who sends more than a few messages waits until they are taken.
    init() throws {
        socket = try NotifySocket()
        state = Mutex(State())
        Thread.detachNewThread { [self] in
            while !state.withLock(\.isOver) {
                socket.waitForMessage()
                take()
            }
        }
    }

    func close() {
        state.withLock { state in
            state.isOver = true
            for (_, descriptor) in state.kept { Glibc.close(descriptor) }
            state.kept = []
        }
    }

    /// What an agent finds the service manager by.
    var environment: [String: String] { ["NOTIFY_SOCKET": socket.path] }

    /// The names of what is kept now.
    var names: [String] { state.withLock { $0.kept.map(\.name) } }

    /// Runs a command with what is kept, by the numbers from 3 on.
    var wrapper: [String] {
        let kept = state.withLock(\.kept)
        var moves = kept.enumerated().map { "exec \(3 + $0.offset)<&\($0.element.descriptor)" }
        moves += kept.map { "exec \($0.descriptor)<&-" }
        let names = kept.map(\.name).joined(separator: ":")
        let variables = "LISTEN_PID=$$ LISTEN_FDS=\(kept.count) LISTEN_FDNAMES=\(names)"
        return ["bash", "-c", "\(moves.joined(separator: "; ")); \(variables) exec \"$@\"", "bash"]
    }

    private func take() {
        while true {
            let message = socket.receiveWithDescriptor()
            guard !message.text.isEmpty else { return }
            let lines = message.text.split(separator: "\n").map(String.init)
            let name = lines.first { $0.hasPrefix("FDNAME=") }?.dropFirst("FDNAME=".count) ?? ""
            state.withLock { state in
                if lines.contains("FDSTOREREMOVE=1") {
                    for (_, descriptor) in state.kept.filter({ $0.name == name }) { Glibc.close(descriptor) }
                    state.kept.removeAll { $0.name == name }
                } else if let descriptor = message.descriptor {
                    // Out of the way of the numbers that the next agent has to have them by.
                    state.kept.append((String(name), fcntl(descriptor, F_DUPFD, 100)))
                    Glibc.close(descriptor)
                }
            }
        }
    }
}
