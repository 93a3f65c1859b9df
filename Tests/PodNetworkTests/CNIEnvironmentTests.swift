import Netlink
import PodNetwork
import Testing

struct CNIEnvironmentTests {
    private let complete = [
        "CNI_COMMAND": "ADD", "CNI_CONTAINERID": "0a1b", "CNI_IFNAME": "eth0", "CNI_NETNS": "/run/netns/a",
        "CNI_ARGS": "IgnoreUnknown=1;K8S_POD_NAMESPACE=default",
    ]

    @Test func `a complete environment is taken`() throws {
        let environment = try CNIEnvironment(complete)
        #expect(environment.command == .add)
        #expect(environment.attachment?.container.rawValue == "0a1b")
        #expect(environment.attachment?.interface.rawValue == "eth0")
        #expect(environment.namespace == "/run/netns/a")
        #expect(environment.arguments == ["IgnoreUnknown": "1", "K8S_POD_NAMESPACE": "default"])
    }

    @Test(arguments: [
        ("CNI_COMMAND", "", "CNI_COMMAND missing"),
        ("CNI_COMMAND", "DELETE", "CNI_COMMAND 'DELETE' is unknown"),
        ("CNI_CONTAINERID", "", "CNI_CONTAINERID missing for ADD"),
        ("CNI_CONTAINERID", "../etc", "CNI_CONTAINERID '../etc' is no container ID"),
        ("CNI_CONTAINERID", "-a", "CNI_CONTAINERID '-a' is no container ID"),
        ("CNI_CONTAINERID", "a b", "CNI_CONTAINERID 'a b' is no container ID"),
        ("CNI_NETNS", "", "CNI_NETNS missing for ADD"),
        ("CNI_ARGS", "K8S", "CNI_ARGS has 'K8S' in it"),
        ("CNI_ARGS", "=1", "CNI_ARGS has '=1' in it"),
    ])
    func `a bad variable is named`(variable: String, value: String, complaint: String) {
        var variables = complete
        variables[variable] = value
        let error = #expect(throws: CNIError.self) { try CNIEnvironment(variables) }
        #expect(error?.code == .invalidEnvironment)
        #expect(error?.message == complaint)
    }

    @Test(arguments: ["", "a/b", "a:b", "a b", ".", "..", "sixteencharacter"])
    func `a bad interface name is refused`(name: String) {
        var variables = complete
        variables["CNI_IFNAME"] = name
        let error = #expect(throws: CNIError.self) { try CNIEnvironment(variables) }
        #expect(error?.message.hasPrefix("CNI_IFNAME") == true)
    }

    @Test func `DEL needs no namespace`() throws {
        var variables = complete
        variables["CNI_COMMAND"] = "DEL"
        variables["CNI_NETNS"] = nil
        #expect(try CNIEnvironment(variables).namespace == nil)
    }

    @Test(arguments: ["VERSION", "STATUS", "GC"])
    func `what is about no container needs nothing else`(command: String) throws {
        #expect(try CNIEnvironment(["CNI_COMMAND": command]).attachment == nil)
    }
}
