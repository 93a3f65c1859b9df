import LinuxSystem
import Synchronization

/// What the threads cannot do for want of places and descriptors. Counted by all of them, told by one who can wait.
final class Shortages: Sendable {
    enum Kind: Int, CaseIterable {
        /// A client was refused: no place is left.
        case places
        /// A client was refused: its network has its share.
        case share
        /// Clients wait, since no descriptor is left for them.
        case clients
        /// A request was answered with 503, since no connection is left for its endpoint.
        case endpoints
    }

    private let counts = Mutex(InlineArray<4, UInt64>(repeating: 0))
    /// An element when there is something to tell.
    let wakes: AsyncStream<Void>
    private let wake: AsyncStream<Void>.Continuation

    init() {
        (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    }

    func note(_ kind: Kind) {
        counts.withLock { $0[kind.rawValue] &+= 1 }
        wake.yield()
    }

    /// What there is to say since the last call; nil if there is nothing.
    func take() -> String? {
        let counts = counts.withLock { counts in
            defer { counts = InlineArray(repeating: 0) }
            return counts
        }
        return Self.text(counts)
    }

    private static func text(_ counts: InlineArray<4, UInt64>) -> String? {
        let parts = Kind.allCases.compactMap { kind -> String? in
            let count = counts[kind.rawValue]
            guard count > 0 else { return nil }
            return switch kind {
            case .places: "clients refused: \(count), since requests are under way on all connections that there may be"
            case .share: "clients refused: \(count), since their address has a quarter of the connections"
            case .clients: "clients wait, since no descriptor is left: raise LimitNOFILE"
            case .endpoints:
                "requests answered with 503: \(count), "
                    + "since no connection is left of those that LimitNOFILE allows: raise it"
            }
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }
}

extension Errno {
    /// Whether a socket could not be made for want of something of this host's.
    var isShortage: Bool {
        [.tooManyOpenFiles, .tooManyOpenFilesInSystem, .noMemory, .noBufferSpace].contains(self)
    }
}
