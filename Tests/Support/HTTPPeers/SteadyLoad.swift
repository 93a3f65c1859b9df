internal import Foundation
package import LinuxSystem
package import NetworkTypes
internal import Synchronization

/// Clients that ask the same again and again on kept connections, each on a thread of its own, until they are stopped.
package final class SteadyLoad: Sendable {
    private struct Tally {
        var backends: [String: Int] = [:]
        var failures: [String] = []
        var repeated = 0
        var clients: Int
    }

    private let tally: Mutex<Tally>
    private let isStopped = Atomic(false)

    /// - Parameters:
    ///   - host: whose root is asked for; an `EchoBackend` answers.
    ///   - namespace: where the clients are.
    package init(to place: ListenAddress, host: String, clients: Int, in namespace: NetworkNamespace?) {
        tally = Mutex(Tally(clients: clients))
        for _ in 0..<clients {
            Thread.detachNewThread { [self] in
                ask(place, "GET / HTTP/1.1\r\nHost: \(host)\r\n\r\n", namespace)
                tally.withLock { $0.clients -= 1 }
            }
        }
    }

    /// How many requests this backend has answered by now.
    package func answers(of backend: String) -> Int { tally.withLock { $0.backends[backend] ?? 0 } }

    /// How many requests were sent again because a kept connection ended as they came, as any client does
    /// (RFC 9112 section 9.3.1).
    package var repeated: Int { tally.withLock { $0.repeated } }

    /// What was not answered by 200, so far.
    package var failures: [String] { tally.withLock { $0.failures } }

    package func stop() { isStopped.store(true, ordering: .relaxed) }

    /// Whether all have stopped: nothing more fails then.
    package var isOver: Bool { tally.withLock { $0.clients == 0 } }

    private func ask(_ place: ListenAddress, _ request: String, _ namespace: NetworkNamespace?) {
        var connection: PeerConnection?
        while !isStopped.load(ordering: .relaxed) {
            do {
                let current = try connection ?? PeerConnection(to: place, in: namespace)
                current.send(request)
                let answer = try current.readMessage()
                guard answer.status == 200 else { throw NothingCame(wanted: "200", seen: Array(answer.startLine.utf8)) }
                let seen = try EchoedRequest(answer)
                tally.withLock { $0.backends[seen.backend, default: 0] += 1 }
                let closes = answer["connection"].contains { $0.lowercased() == "close" }
                connection = closes ? nil : current
            } catch let nothing as NothingCame where nothing.hasEnded && nothing.seen.isEmpty && connection != nil {
                tally.withLock { $0.repeated += 1 }
                connection = nil
            } catch {
                tally.withLock { $0.failures.append("\(error)") }
                connection = nil
            }
        }
    }
}
