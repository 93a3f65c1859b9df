package import LinuxSystem

/// Where open descriptors outlive the process, so that what waits in a socket over a restart is answered after it.
package protocol DescriptorStore: Sendable {
    /// Keeps a descriptor for the next process. Answers whether anyone was there to keep it.
    @discardableResult
    func keep(_ descriptor: SharedDescriptor, as name: String) -> Bool
    /// Takes over what the process before this one kept under the name, if it did. It stays kept.
    func adopt(_ name: String) -> SharedDescriptor?
    /// Empties and closes what nobody took over, and has it kept no longer. Returns the names.
    func discardRest() -> [String]
}
