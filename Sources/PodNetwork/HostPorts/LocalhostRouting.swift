package import LinuxSystem
package import Netlink

/// The setting of the bridge that lets the node's own 127.0.0.1 reach host ports (`route_localnet`).
///
/// It lets packets of 127.0.0.0/8 in as well, and only the table of host ports keeps pods' out. So it is set after that
/// table and taken back before it. A file beside the records says of which bridge it was set: one that another program
/// set is not ours to take back.
package struct LocalhostRouting: Sendable {
    /// The directory of the records.
    let directory: String
    let bridge: LinkName
    let kernel: NodeKernel

    /// The setting without which the kernel drops packets of 127.0.0.0/8 on a link.
    package static func setting(of link: LinkName) -> SysctlName {
        SysctlName("net/ipv4/conf/\(link)/route_localnet")
    }

    /// The file's name; no record's, which has a colon in it.
    static let fileName = "route_localnet"

    /// The bridge whose setting is to be taken back, by what the file in the directory of records says; nil if none is.
    package static func owned(in directory: String) throws(SystemCallError) -> LinkName? {
        do throws(SystemCallError) {
            let name = try Files.readText("\(directory)/\(fileName)").split(separator: "\n").first
            return name.flatMap { try? LinkName(validating: String($0)) }
        } catch  where error.errno == .noEntry {
            return nil
        }
    }

    func open() throws {
        let setting = Self.setting(of: bridge)
        guard try kernel.sysctl(setting) != "1" else { return }
        // First: after a power cut in between there is one too many to take back, and none too few.
        try Files.writeAtomically("\(bridge)\n", to: "\(directory)/\(Self.fileName)", mode: 0o600)
        try kernel.setSysctl(setting, to: "1")
    }

    func close() throws {
        let path = "\(directory)/\(Self.fileName)"
        guard Files.exists(path) else { return }
        try pause()
        try Files.remove(path)
    }

    /// Closes it until it is opened again.
    func pause() throws {
        guard let owner = try Self.owned(in: directory) else { return }
        do {
            try kernel.setSysctl(Self.setting(of: owner), to: "0")
        } catch let error as SystemCallError where error.errno == .noEntry {
            // It went with its bridge.
        }
    }
}
