internal import CLinux

/// The process's allocator.
package enum Heap {
    /// Gives memory back to the system once it is freed. To be called early in a process that runs for long: one large
    /// block, a snapshot or a program that is read, would otherwise stay with it for ever.
    package static func returnFreedMemory() {
        linnet_return_freed_memory(128 * 1024)
    }
}
