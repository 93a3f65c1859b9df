package import LinuxSystem

/// The plugin's program, and where container runtimes look for it.
package struct PluginInstallation: Hashable, Sendable {
    /// The name under which CNI configuration calls the plugin.
    package static let programName = "linnet-cni"
    // rwxr-xr-x
    private static let mode: UInt32 = 0o755

    /// The program as it was delivered: a path.
    package var source: String
    /// The runtimes' directory of plugins.
    package var directory: String

    package init(source: String, directory: String) {
        self.source = source
        self.directory = directory
    }

    /// The program delivered beside the running agent.
    package static func besideAgent(in directory: String) throws(SystemCallError) -> PluginInstallation {
        var folder = try ProcessFacts.executablePath()[...]
        while let last = folder.popLast(), last != "/" {}
        return PluginInstallation(source: "\(folder)/\(programName)", directory: directory)
    }

    /// The path of the installed program.
    package var target: String { "\(directory)/\(Self.programName)" }

    /// Makes the installed program the delivered one. Returns whether it had to be written.
    ///
    /// A runtime that starts the plugin meanwhile runs the old program or the new one, never half of it.
    package func install() throws(SystemCallError) -> Bool {
        if try isInstalled() { return false }
        try Files.createDirectory(directory)
        try Files.writeAtomically(try Files.read(source), to: target, mode: Self.mode)
        return true
    }

    /// Removes the installed program. Returns whether there was one.
    package func uninstall() throws(SystemCallError) -> Bool {
        guard Files.exists(target) else { return false }
        try Files.remove(target)
        return true
    }

    private func isInstalled() throws(SystemCallError) -> Bool {
        let wanted = try Files.status(source)
        do throws(SystemCallError) {
            let status = try Files.status(target)
            guard status.kind == .file, status.mode == Self.mode, status.size == wanted.size else { return false }
            return try Files.haveSameContent(source, target)
        } catch  where error.errno == .noEntry {
            // Not the delivered one: that was there a moment ago, and if it is gone the copy says so.
            return false
        }
    }
}
