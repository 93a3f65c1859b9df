import LinuxSystem
import Testing

@Suite struct SysctlTests {
    @Test(arguments: [
        ("net.ipv4.ip_forward", "net/ipv4/ip_forward"),
        ("net/ipv4/ip_forward", "net/ipv4/ip_forward"),
        ("net/ipv4/conf/flannel.1/rp_filter", "net/ipv4/conf/flannel.1/rp_filter"),
        ("net.ipv4.conf.flannel/1.rp_filter", "net/ipv4/conf/flannel.1/rp_filter"),
        ("hostname", "hostname"),
    ])
    func `both forms of a name are one path`(name: String, path: String) {
        #expect(SysctlName(name).path == path)
        #expect(SysctlName(name).description == path)
        #expect(SysctlName(name) == SysctlName(path))
    }

    @Test func `a value is read without its line end`() throws {
        #expect(try Sysctl.read(SysctlName("kernel.ostype")) == "Linux")
    }

    @Test func `a setting that this kernel lacks is named`() {
        let error = SystemCallError(call: "open", subject: "/proc/sys/net/ipv4/nonsense", errno: .noEntry)
        #expect(throws: error) { try Sysctl.read(SysctlName("net.ipv4.nonsense")) }
        #expect(throws: error) { try Sysctl.write("1", to: SysctlName("net.ipv4.nonsense")) }
    }
}
