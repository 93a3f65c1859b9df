import Glibc
package import LinuxSystem
import Synchronization

/// A socket that hears what happens in the network namespace that it was opened in.
package final class NetlinkMonitor: Sendable {
    private let channel: Mutex<NetlinkChannel>
    /// Becomes readable when there is something to drain.
    package let descriptor: SharedDescriptor

    /// Bytes that the kernel may queue: thousands of routes that appear at once fit.
    package static let usualReceiveBuffer: Int32 = 8 << 20

    /// Opens a monitor in the namespace of the calling thread.
    ///
    /// - Parameter routes: which routes of those that the groups tell of; nil is all of them.
    package static func open(
        groups: Set<NetlinkGroup>,
        routes: RouteInterest? = nil,
        receiveBuffer: Int32 = usualReceiveBuffer
    ) throws(NetlinkError) -> NetlinkMonitor {
        do throws(Errno) {
            let channel = try NetlinkChannel.open(isBlocking: false, receiveBuffer: receiveBuffer)
            if let routes { try channel.attach(SocketFilter(routes: routes)) }
            for group in groups { try channel.join(group) }
            // A second number for the same socket, so that who waits for it and who reads it may end in any order.
            let duplicate = fcntl(channel.descriptor, F_DUPFD_CLOEXEC, 3)
            guard duplicate >= 0 else { throw Errno.current }
            return NetlinkMonitor(channel, SharedDescriptor(adopting: duplicate))
        } catch {
            throw NetlinkError(opening: "netlink monitor", error)
        }
    }

    /// Opens a monitor in another namespace.
    package static func open(
        groups: Set<NetlinkGroup>,
        routes: RouteInterest? = nil,
        in namespace: NetworkNamespace,
        receiveBuffer: Int32 = usualReceiveBuffer
    ) throws(NetlinkError) -> NetlinkMonitor {
        do {
            return try namespace.run {
                try NetlinkMonitor.open(groups: groups, routes: routes, receiveBuffer: receiveBuffer)
            }
        } catch {
            throw NetlinkError(entering: namespace, error)
        }
    }

    private init(_ channel: consuming NetlinkChannel, _ descriptor: SharedDescriptor) {
        self.channel = Mutex(channel)
        self.descriptor = descriptor
    }

    /// Everything that happened since the last call, in order. Never waits.
    ///
    /// - Parameter writer: a socket whose own writes are left out, so that a pass does not wake the next one.
    package func drain(ignoringWritesOf writer: NetlinkPortID? = nil) throws(NetlinkError) -> [NetlinkNotification] {
        var notifications: [NetlinkNotification] = []
        let failure = channel.withLock { channel in
            Self.drain(&channel) { header, payload in
                if let writer, header.portID == writer.rawValue { return }
                guard let notification = NetlinkNotification(header, payload: payload) else { return }
                notifications.append(notification)
            } lost: {
                if notifications.last != .resynchronise { notifications.append(.resynchronise) }
            }
        }
        if let failure { throw NetlinkError("receive", "notifications", Refusal(errno: failure)) }
        return notifications
    }

    /// Calls `body` with everything that happened since the last call, in order, and with the port of the socket whose
    /// request caused it, zero if it was the kernel itself. Never waits.
    package func forEach(_ body: (NetlinkNotification, NetlinkPortID) -> Void) throws(NetlinkError) {
        let failure = channel.withLock { channel in
            Self.drain(&channel) { header, payload in
                guard let notification = NetlinkNotification(header, payload: payload) else { return }
                body(notification, NetlinkPortID(rawValue: header.portID))
            } lost: {
                body(.resynchronise, NetlinkPortID(rawValue: 0))
            }
        }
        if let failure { throw NetlinkError("receive", "notifications", Refusal(errno: failure)) }
    }

    /// Whether anything that happened since the last call is as `isMeant` says. After the first that is, the others are
    /// only taken off the socket. Never waits.
    package func hasHeard(_ isMeant: (NetlinkNotification) -> Bool) throws(NetlinkError) -> Bool {
        var isFound = false
        let failure = channel.withLock { channel in
            Self.drain(&channel) { header, payload in
                guard !isFound, let notification = NetlinkNotification(header, payload: payload) else { return }
                isFound = isMeant(notification)
            } lost: {
                isFound = isFound || isMeant(.resynchronise)
            }
        }
        if let failure { throw NetlinkError("receive", "notifications", Refusal(errno: failure)) }
        return isFound
    }

    /// Calls `body` whenever there is something to drain, until the task is cancelled: at once for what comes after a
    /// silence, and at the pace of ``ListeningPace`` while there is always more.
    ///
    /// - Parameters:
    ///   - rest: the least time between two batches, where most of what is told is not meant.
    ///   - body: returns whether others did something. After what we did ourselves there is no rest: whoever undoes it at
    ///     once is to be found before it is gone.
    package func forEachBatch(resting rest: Duration = .zero, _ body: () async throws -> Bool) async throws {
        let clock = ContinuousClock()
        var pace = ListeningPace()
        while !Task.isCancelled {
            let listening = clock.now
            // Nobody listens during the pause: the reactor would be woken for each message.
            for await _ in Reactor.shared.readiness(of: descriptor) { break }
            let waited = listening.duration(to: clock.now)
            guard try await body() else { continue }
            try? await clock.sleep(for: max(rest, pace.pause(afterWaiting: waited)))
        }
    }

    /// Whether there is something to drain, now or within `milliseconds`. False too if the wait was interrupted.
    private func isReadable(within milliseconds: Int32) -> Bool {
        var waiting = pollfd(fd: descriptor.rawValue, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, milliseconds) > 0
    }

    /// Waits until a link is gone. Needs the group `link`; other notifications that come meanwhile are dropped.
    ///
    /// - Returns: false if it was still there after `limit`.
    package func waitForRemoval(of index: InterfaceIndex, limit: Duration) throws(NetlinkError) -> Bool {
        let clock = ContinuousClock()
        let deadline = clock.now + limit
        while true {
            for notification in try drain() {
                if case .linkRemoved(let link) = notification, link.index == index { return true }
            }
            let rest = clock.now.duration(to: deadline).components
            guard rest.seconds > 0 || rest.seconds == 0 && rest.attoseconds > 0 else { return false }
            let milliseconds = min(rest.seconds, 3600) * 1000 + rest.attoseconds / 1_000_000_000_000_000 + 1
            // Interrupted or not, the loop looks again.
            _ = isReadable(within: Int32(clamping: milliseconds))
        }
    }

    private static func drain(
        _ channel: inout NetlinkChannel,
        _ body: (MessageHeader, RawSpan) -> Void,
        lost: () -> Void
    ) -> Errno? {
        while true {
            do throws(Errno) {
                try channel.receive { header, payload in
                    header.type == .overrun ? lost() : body(header, payload)
                }
            } catch .noBufferSpace {
                lost()
            } catch .again {
                return nil
            } catch {
                return error
            }
        }
    }
}
