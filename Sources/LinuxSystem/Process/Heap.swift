internal import CLinux

/// The process's allocator.
package enum Heap {
    /// Gives memory back to the system once it is freed. To be called early in a process that runs for long: one large
    /// block, a snapshot or a program that is read, would otherwise stay with it for ever.
    package static func returnFreedMemory() {
        linnet_return_freed_memory(128 * 1024)
    }

    /// Gives back what is free between blocks that are in use, too: what is left of much that was read and let go. Takes
    /// milliseconds in a large process.
    package static func compact() {
        linnet_compact_memory()
    }
}
