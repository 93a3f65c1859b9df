package import LinuxSystem
package import Netlink

/// What the overlay reads and writes of the host: as narrow as a fake can be.
package protocol OverlayKernel: Sendable {
    /// Links, addresses, routes, neighbours and forwarding entries.
    var network: any RouteNetlink { get }

    /// The value without its line end. ENOENT if the kernel has no such setting.
    func readSysctl(_ name: SysctlName) throws(SystemCallError) -> String
    func writeSysctl(_ value: String, to name: SysctlName) throws(SystemCallError)

    /// The text of a file, nil if there is none.
    func readFile(_ path: String) throws(SystemCallError) -> String?
    /// Whether everybody may read the file.
    func isReadableByAll(_ path: String) throws(SystemCallError) -> Bool
    /// Puts the text in place as a whole, for everybody to read, making the directories on the way.
    func writeFile(_ text: String, to path: String) throws(SystemCallError)
    /// A file that is not there is fine.
    func removeFile(_ path: String) throws(SystemCallError)
    /// The names in a directory, none if there is no such directory.
    func listDirectory(_ path: String) throws(SystemCallError) -> [String]
}

extension OverlayKernel {
    /// Whether the file is as it should be.
    func holds(_ file: PlannedFile) throws(SystemCallError) -> Bool {
        guard try readFile(file.path) == file.text else { return false }
        guard file.isForAll else { return true }
        return try isReadableByAll(file.path)
    }

    /// The names of CNI configurations that runtimes take before ours.
    func rivals(of configuration: OverlayConfiguration) throws(SystemCallError) -> [String] {
        try listDirectory(configuration.cniConfigurationDirectory).filter { name in
            [".conf", ".conflist", ".json"].contains { name.hasSuffix($0) }
                && Array(name.utf8).lexicographicallyPrecedes(Array(OverlayNames.networkListFile.utf8))
        }
        .sorted()
    }
}
