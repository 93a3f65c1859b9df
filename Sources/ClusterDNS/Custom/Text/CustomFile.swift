/// The places in CoreDNS's file system that keys of ConfigMaps are at.
enum CustomFile {
    /// Where the keys of `coredns-custom` are.
    private static let directory = "/etc/coredns/custom/"
    /// Where the key `NodeHosts` of `coredns` is.
    static let nodeHostsPath = "/etc/coredns/NodeHosts"

    /// The key of `coredns-custom` that is at a path, which may be relative to the directory of the keys or to that of the
    /// Corefile.
    static func key(ofPath path: String) -> String? {
        var name = Substring(path)
        for prefix in [directory, "custom/", "./"] where name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
        return name.isEmpty || name.contains("/") ? nil : String(name)
    }
}
