/// Where a page's octets are in memory, without a reference to it: reading counts none.
///
/// Valid as long as the page is. Threads that answer would else all count references to the same pages, which took 28 % of
/// a look-up on one thread alone (decision 20).
@safe struct PagePlace: Sendable {
    /// The slots, and behind them the octets.
    private let address: UInt
    private let slotCount: Int
    private let octetCount: Int

    /// Copies slots and octets to a place of their own, which `free` gives back.
    init(_ slots: [UInt64], _ octets: [UInt8]) {
        slotCount = slots.count
        octetCount = octets.count
        let slotLength = slotCount * MemoryLayout<UInt64>.stride
        let memory = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(1, slotLength + octetCount),
            alignment: MemoryLayout<UInt64>.alignment
        )
        unsafe slots.withUnsafeBytes { unsafe memory.copyMemory(from: $0) }
        unsafe octets.withUnsafeBytes { octets in
            unsafe UnsafeMutableRawBufferPointer(rebasing: memory[slotLength...]).copyMemory(from: octets)
        }
        address = UInt(bitPattern: memory.baseAddress)
    }

    func free() {
        unsafe UnsafeMutableRawPointer(bitPattern: address)?.deallocate()
    }

    /// Lends the page's slots and octets, and hands on what they are to change.
    @inline(__always)
    func read<First, Second: ~Copyable & ~Escapable, Result>(
        _ first: inout First,
        _ second: inout Second,
        _ body: (Span<UInt64>, Span<UInt8>, inout First, inout Second) -> Result
    ) -> Result {
        let slots = unsafe UnsafeBufferPointer(start: UnsafePointer<UInt64>(bitPattern: address), count: slotCount)
        let start = address + UInt(slotCount * MemoryLayout<UInt64>.stride)
        let octets = unsafe UnsafeBufferPointer(start: UnsafePointer<UInt8>(bitPattern: start), count: octetCount)
        return unsafe body(Span(_unsafeElements: slots), Span(_unsafeElements: octets), &first, &second)
    }

    /// Lends the page's slots and octets.
    @inline(__always)
    func read<Result>(_ body: (Span<UInt64>, Span<UInt8>) -> Result) -> Result {
        var nothing: Void = ()
        var nothingElse: Void = ()
        return read(&nothing, &nothingElse) { slots, octets, _, _ in body(slots, octets) }
    }
}
