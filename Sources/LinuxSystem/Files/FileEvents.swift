internal import CLinux
internal import Synchronization

/// What the kernel tells of files and directories, for all who watch some: one inotify instance for the whole process. A
/// user may have 128 of them on a host by default (fs.inotify.max_user_instances), which kubelet, the container runtime
/// and many more take from, too.
///
/// Whoever watches waits for the descriptor, and all are woken by what concerns one. The first of them reads what there is,
/// leaves the others theirs, and has them look.
final class FileEvents: Sendable {
    static let shared = FileEvents()

    /// What happened to the watches of one reader.
    struct News {
        var isAny = false
        /// The watches that ended, because what they watched went away.
        var ended: Set<Int32> = []
    }

    /// Names a reader for as long as the process runs.
    struct Reader: Hashable {
        fileprivate let number: UInt64
    }

    private struct State {
        var descriptor: SharedDescriptor?
        var readers: [Int32: Set<Reader>] = [:]
        var news: [Reader: News] = [:]
        var lastNumber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Returns a reader without watches, and what becomes readable when there is something for any.
    func join() throws(SystemCallError) -> (reader: Reader, descriptor: SharedDescriptor) {
        try state.withLock { state throws(SystemCallError) in
            let descriptor = if let known = state.descriptor { known } else { try Self.open() }
            state.descriptor = descriptor
            state.lastNumber += 1
            let reader = Reader(number: state.lastNumber)
            state.news[reader] = News()
            return (reader, descriptor)
        }
    }

    private static func open() throws(SystemCallError) -> SharedDescriptor {
        let subject = "(fs.inotify.max_user_instances)"
        return SharedDescriptor(adopting: try systemCall("inotify_init1", on: subject) { linnet_inotify_open() })
    }

    /// Ends all watches of a reader that no other one has.
    func leave(_ reader: Reader) {
        state.withLock { state in
            state.news[reader] = nil
            for (watch, readers) in state.readers where readers.contains(reader) {
                Self.remove(watch, of: reader, &state)
            }
        }
    }

    /// Watches something by `call`, which is given the instance's descriptor and returns the number of the watch.
    func watch(
        for reader: Reader,
        on subject: String,
        _ call: (Int32) -> Int32
    ) throws(SystemCallError) -> Int32 {
        try state.withLock { state throws(SystemCallError) in
            guard let descriptor = state.descriptor else { return -1 }
            let watch = try systemCall("inotify_add_watch", on: subject) { call(descriptor.rawValue) }
            state.readers[watch, default: []].insert(reader)
            return watch
        }
    }

    func unwatch(_ watch: Int32, of reader: Reader) {
        state.withLock { state in Self.remove(watch, of: reader, &state) }
    }

    /// What there is for a reader since the last call.
    func takeNews(of reader: Reader) -> News {
        let (news, others) = state.withLock { state -> (News, SharedDescriptor?) in
            let concerned = Self.drain(&state).subtracting([reader])
            defer { state.news[reader] = News() }
            return (state.news[reader] ?? News(), concerned.isEmpty ? nil : state.descriptor)
        }
        if let others { Reactor.shared.nudge(others) }
        return news
    }

    private static func remove(_ watch: Int32, of reader: Reader, _ state: inout State) {
        guard state.readers[watch]?.remove(reader) != nil, state.readers[watch]?.isEmpty == true else { return }
        state.readers[watch] = nil
        if let descriptor = state.descriptor { _ = linnet_inotify_unwatch(descriptor.rawValue, watch) }
    }

    /// Reads what there is. Returns whom it concerns.
    private static func drain(_ state: inout State) -> Set<Reader> {
        guard let descriptor = state.descriptor else { return [] }
        var concerned: Set<Reader> = []
        var events = [linnet_watch_event](repeating: linnet_watch_event(), count: 64)
        while true {
            let count = unsafe linnet_inotify_read(descriptor.rawValue, &events, Int32(events.count))
            guard count > 0 else { return concerned }
            for event in events.prefix(Int(count)) { concerned.formUnion(note(event, &state)) }
        }
    }

    private static func note(_ event: linnet_watch_event, _ state: inout State) -> Set<Reader> {
        // If the queue overflowed, anything may have happened to any.
        let concerned = event.watch >= 0 ? state.readers[event.watch] ?? [] : Set(state.news.keys)
        for reader in concerned {
            state.news[reader]?.isAny = true
            if event.ended != 0 { state.news[reader]?.ended.insert(event.watch) }
        }
        if event.ended != 0, state.readers.removeValue(forKey: event.watch) != nil, let descriptor = state.descriptor {
            // A directory that was moved away is still watched; of one that was deleted this is known already.
            _ = linnet_inotify_unwatch(descriptor.rawValue, event.watch)
        }
        return concerned
    }
}
