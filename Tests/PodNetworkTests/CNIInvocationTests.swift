import LinuxSystem
import Netlink
import NetworkTypes
import PodNetwork
import Testing

struct CNIInvocationTests {
    /// None of these calls may come as far as the kernel.
    private func answer(_ variables: [String: String], _ input: String) -> CNIInvocation.Answer {
        CNIInvocation(variables: variables, input: Array(input.utf8)).answer {
            throw SystemCallError(call: "socket", subject: "", errno: .permission)
        }
    }

    private static let pod = ["CNI_CONTAINERID": "a", "CNI_IFNAME": "eth0", "CNI_NETNS": "/run/netns/a"]

    @Test(arguments: [
        (#"{"cniVersion":"1.0.0"}"#, #"{"cniVersion":"1.0.0","supportedVersions":["0.3.1","0.4.0","1.0.0","1.1.0"]}"#),
        ("", #"{"cniVersion":"1.1.0","supportedVersions":["0.3.1","0.4.0","1.0.0","1.1.0"]}"#),
    ])
    func `VERSION tells what is supported`(input: String, output: String) {
        #expect(answer(["CNI_COMMAND": "VERSION"], input) == .init(output: output + "\n", code: 0))
    }

    @Test(arguments: [
        (
            "ADD", "{",
            #"{"cniVersion":"1.1.0","code":6,"msg":"the configuration on standard input is not JSON: "#
                + #"line 1, column 2: a member's name in quotes is expected"}"#
        ),
        (
            "ADD", #"{"cniVersion":"0.2.0","name":"cbr0"}"#,
            #"{"cniVersion":"1.1.0","code":1,"msg":"incompatible CNI version: the configuration has \"0.2.0\"","#
                + #""details":"linnet-cni supports 0.3.1, 0.4.0, 1.0.0, 1.1.0"}"#
        ),
        (
            "CHECK", #"{"cniVersion":"0.3.1","name":"cbr0"}"#,
            #"{"cniVersion":"0.3.1","code":1,"msg":"the configuration has version 0.3.1, which has no CHECK","#
                + #""details":"CHECK needs cniVersion 0.4.0"}"#
        ),
        (
            "STATUS", #"{"cniVersion":"1.0.0","name":"cbr0"}"#,
            #"{"cniVersion":"1.0.0","code":1,"msg":"the configuration has version 1.0.0, which has no STATUS","#
                + #""details":"STATUS needs cniVersion 1.1.0"}"#
        ),
        (
            "ADD", #"{"cniVersion":"1.0.0","name":"cbr0"}"#,
            #"{"cniVersion":"1.0.0","code":100,"msg":"reach the kernel: socket: EPERM (Operation not permitted)"}"#
        ),
    ])
    func `an error is a document of the configuration's version`(command: String, input: String, output: String) {
        let variables = Self.pod.merging(["CNI_COMMAND": command]) { $1 }
        #expect(answer(variables, input) == .init(output: output + "\n", code: 1))
    }
}

struct CNIResultTests {
    private func result() throws -> CNIResult {
        CNIResult(
            interfaces: [
                .init(name: try LinkName(validating: "cni0"), address: MACAddress(rawValue: 1), mtu: 1430),
                .init(name: try LinkName(validating: "eth0"), address: nil, mtu: 1430, sandbox: "/run/netns/a"),
            ],
            addresses: [
                .init(
                    address: try InterfaceAddress(parsing: "fd00::2/64"),
                    gateway: try IPAddress(parsing: "fd00::1"),
                    interface: 1
                )
            ],
            routes: [.init(destination: try IPPrefix(parsing: "::/0"), gateway: try IPAddress(parsing: "fd00::1"))],
            dns: CNIDNS(nameservers: ["fd00:43::a"], domain: "c.test", search: ["c.test"], options: ["ndots:5"])
        )
    }

    @Test(arguments: [
        (CNIVersion.v0_3_1, #""version":"6","#, ""), (.v0_4_0, #""version":"6","#, ""), (.v1_0_0, "", ""),
        (.v1_1_0, "", #","mtu":1430"#),
    ])
    func `each version has its own members`(version: CNIVersion, family: String, mtu: String) throws {
        let text = """
            {"cniVersion":"\(version.rawValue)","interfaces":[{"name":"cni0","mac":"00:00:00:00:00:01"\(mtu)},\
            {"name":"eth0"\(mtu),"sandbox":"/run/netns/a"}],\
            "ips":[{\(family)"interface":1,"address":"fd00::2/64","gateway":"fd00::1"}],\
            "routes":[{"dst":"::/0","gw":"fd00::1"}],\
            "dns":{"nameservers":["fd00:43::a"],"domain":"c.test","search":["c.test"],"options":["ndots:5"]}}
            """
        #expect(try result().document(version).text == text)
    }

    @Test func `without name servers the dns is empty`() throws {
        var result = try result()
        result.dns = CNIDNS()
        #expect(result.document(.v1_0_0)["dns"]?.text == "{}")
    }
}

struct HostLinkTests {
    // Pods that are attached carry these names: another hash would orphan them.
    @Test(arguments: [("a", "eth0", "veth794d3848"), ("b", "eth0", "veth9d8bfd28")])
    func `the host's end is named after container and interface`(id: String, name: String, link: String) throws {
        let attachment = CNIAttachment(
            container: try #require(ContainerID(rawValue: id)),
            interface: try LinkName(validating: name)
        )
        #expect(HostLink.name(of: attachment).rawValue == link)
        #expect(HostLink.alias(of: attachment) == "linnet: \(name) of \(id)")
    }
}
