/// Where the state of a stream is, until the stream is closed; then the place may be another one's.
@safe struct StreamPlace {
    fileprivate let pointer: UnsafeMutablePointer<StreamSlot>

    @inline(__always)
    var state: StreamSlot {
        unsafeAddress { unsafe UnsafePointer(pointer) }
        nonmutating unsafeMutableAddress { unsafe pointer }
    }
}

/// The places of a loop's streams. They never move.
///
/// Each event of a stream looks some up: so the directory is memory of its own, and not a property, of which the runtime
/// checks for each use that nobody else is at it.
@safe final class StreamSlots {
    private static let chunkSize = 512

    @unsafe private struct Directory {
        var chunks: UnsafeMutablePointer<UnsafeMutablePointer<StreamSlot>>
        var count = 0
        var capacity: Int
    }

    private let directory: UnsafeMutablePointer<Directory>
    private var firstFree: Int32 = -1
    private(set) var count = 0

    init() {
        let capacity = 16
        unsafe directory = .allocate(capacity: 1)
        unsafe directory.initialize(to: Directory(chunks: .allocate(capacity: capacity), capacity: capacity))
    }

    deinit {
        for index in unsafe 0..<directory.pointee.count {
            let chunk = unsafe directory.pointee.chunks[index]
            unsafe chunk.deinitialize(count: Self.chunkSize)
            unsafe chunk.deallocate()
        }
        unsafe directory.pointee.chunks.deallocate()
        unsafe directory.deallocate()
    }

    /// How many places there are.
    @inline(__always)
    private var capacity: Int { unsafe directory.pointee.count * Self.chunkSize }

    /// - Parameter index: of a place that there is.
    @inline(__always)
    func place(_ index: Int32) -> StreamPlace {
        let index = Int(index)
        precondition(index >= 0 && index < capacity)
        return unsafe StreamPlace(
            pointer: directory.pointee.chunks[index / Self.chunkSize] + index % Self.chunkSize
        )
    }

    /// The state of a stream; nil if it is closed.
    @inline(__always)
    func open(_ stream: StreamID) -> StreamPlace? {
        guard stream.index >= 0, Int(stream.index) < capacity else { return nil }
        let place = place(stream.index)
        return place.state.generation == stream.generation && place.state.isUsed ? place : nil
    }

    func take(_ kind: StreamSlot.Kind, _ descriptor: Int32 = -1) -> StreamID {
        if firstFree < 0 { grow() }
        let index = firstFree
        let place = place(index)
        firstFree = place.state.nextFree
        place.state.kind = kind
        place.state.flags = []
        place.state.descriptor = descriptor
        count += 1
        return StreamID(index: index, generation: place.state.generation)
    }

    func free(_ index: Int32) {
        let place = place(index)
        place.state = StreamSlot(generation: place.state.generation &+ 1, nextFree: firstFree)
        firstFree = index
        count -= 1
    }

    /// All that are in use.
    func forEach(_ body: (StreamID, StreamPlace) -> Void) {
        for index in 0..<Int32(capacity) {
            let place = place(index)
            guard place.state.isUsed else { continue }
            body(StreamID(index: index, generation: place.state.generation), place)
        }
    }

    private func grow() {
        let chunk = UnsafeMutablePointer<StreamSlot>.allocate(capacity: Self.chunkSize)
        unsafe chunk.initialize(repeating: StreamSlot(), count: Self.chunkSize)
        let first = Int32(capacity)
        if unsafe directory.pointee.count == directory.pointee.capacity { growDirectory() }
        unsafe directory.pointee.chunks[directory.pointee.count] = chunk
        unsafe directory.pointee.count += 1
        for index in (first..<first + Int32(Self.chunkSize)).reversed() {
            place(index).state.nextFree = firstFree
            firstFree = index
        }
    }

    private func growDirectory() {
        let former = unsafe directory.pointee
        let capacity = unsafe former.capacity * 2
        let chunks = UnsafeMutablePointer<UnsafeMutablePointer<StreamSlot>>.allocate(capacity: capacity)
        unsafe chunks.moveInitialize(from: former.chunks, count: former.count)
        unsafe former.chunks.deallocate()
        unsafe directory.pointee = Directory(chunks: chunks, count: former.count, capacity: capacity)
    }
}
