extension KernelThread {
    /// What an actor that lives on this thread answers as its `unownedExecutor`. The actor keeps the thread itself in a
    /// property too, so that the reference stays good for as long as the actor lives.
    @safe
    package nonisolated var isolation: UnownedSerialExecutor { unsafe asUnownedSerialExecutor() }
}
