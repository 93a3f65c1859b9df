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
@safe final class StreamSlots {
    private static let chunkSize = 512
    private var chunks: [StreamPlace] = []
    private var firstFree: Int32 = -1
    private(set) var count = 0

    deinit {
        for chunk in chunks {
            unsafe chunk.pointer.deinitialize(count: Self.chunkSize)
            unsafe chunk.pointer.deallocate()
        }
    }

    /// - Parameter index: of a place that there is.
    @inline(__always)
    func place(_ index: Int32) -> StreamPlace {
        let index = Int(index)
        return unsafe StreamPlace(pointer: chunks[index / Self.chunkSize].pointer + index % Self.chunkSize)
    }

    /// The state of a stream; nil if it is closed.
    @inline(__always)
    func open(_ stream: StreamID) -> StreamPlace? {
        guard stream.index >= 0, Int(stream.index) < chunks.count * Self.chunkSize else { return nil }
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
        for index in 0..<Int32(chunks.count * Self.chunkSize) {
            let place = place(index)
            guard place.state.isUsed else { continue }
            body(StreamID(index: index, generation: place.state.generation), place)
        }
    }

    private func grow() {
        let chunk = UnsafeMutablePointer<StreamSlot>.allocate(capacity: Self.chunkSize)
        unsafe chunk.initialize(repeating: StreamSlot(), count: Self.chunkSize)
        let first = Int32(chunks.count * Self.chunkSize)
        unsafe chunks.append(StreamPlace(pointer: chunk))
        for index in (first..<first + Int32(Self.chunkSize)).reversed() {
            place(index).state.nextFree = firstFree
            firstFree = index
        }
    }
}
