package import LinuxSystem

/// Where open descriptors outlive the process, so that what waits in a socket over a restart is answered after it.
package protocol DescriptorStore: Sendable {
    /// Keeps a descriptor for a later run in this process, and for the next process. Answers whether anyone was there to
    /// keep it for that.
    @discardableResult
    func keep(_ descriptor: SharedDescriptor, as name: String) -> Bool
    /// Takes over what the process before this one, or an earlier run in this one, kept under the name. It stays kept.
    func adopt(_ name: String) -> SharedDescriptor?
    /// Has what was taken over or kept under the name kept no longer.
    func forget(_ name: String)
    /// Empties and closes what nobody took over, and has it kept no longer. Returns the names.
    func discardRest() -> [String]
}
