package import LinuxSystem
package import Netlink

/// The host itself, in one network namespace.
package struct HostKernel: OverlayKernel {
    package let network: any RouteNetlink
    // The kernel shows the settings of the namespace of the thread that asks: nil is this process's own.
    private let namespace: NetworkNamespace?

    package init(network: any RouteNetlink, namespace: NetworkNamespace? = nil) {
        self.network = network
        self.namespace = namespace
    }

    package func readSysctl(_ name: SysctlName) throws(SystemCallError) -> String {
        try inside { () throws(SystemCallError) in try Sysctl.read(name) }
    }

    package func writeSysctl(_ value: String, to name: SysctlName) throws(SystemCallError) {
        try inside { () throws(SystemCallError) in try Sysctl.write(value, to: name) }
    }

    package func readFile(_ path: String) throws(SystemCallError) -> String? {
        guard Files.exists(path) else { return nil }
        return try Files.readText(path)
    }

    package func isReadableByAll(_ path: String) throws(SystemCallError) -> Bool {
        try Files.status(path).mode & 0o444 == 0o444
    }

    package func writeFile(_ text: String, to path: String) throws(SystemCallError) {
        if let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try Files.createDirectory(String(path[..<slash]))
        }
        try Files.writeAtomically(text, to: path)
    }

    package func removeFile(_ path: String) throws(SystemCallError) {
        try Files.remove(path)
    }

    package func listDirectory(_ path: String) throws(SystemCallError) -> [String] {
        guard Files.exists(path) else { return [] }
        return try Files.list(path)
    }

    private func inside<T: Sendable>(
        _ body: @escaping @Sendable () throws(SystemCallError) -> T
    ) throws(SystemCallError) -> T {
        guard let namespace else { return try body() }
        let result: Result<T, SystemCallError>
        do {
            result = try namespace.run { () -> Result<T, SystemCallError> in
                do throws(SystemCallError) {
                    return .success(try body())
                } catch {
                    return .failure(error)
                }
            }
        } catch let error as SystemCallError {
            throw error
        } catch {
            throw SystemCallError(call: "setns", subject: "\(error)", errno: .permission)
        }
        return try result.get()
    }
}
