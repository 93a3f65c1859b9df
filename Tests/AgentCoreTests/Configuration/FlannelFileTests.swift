import AgentCore
import NetworkTypes
import Overlay
import Testing

/// flannel's net-conf.json, given by `--flannel-conf`.
struct FlannelFileTests {
    @Test func `keys are matched in any case`() throws {
        let configuration = try load(
            #"{"network": "10.7.0.0/16", "backend": {"type": "vxlan", "vni": 7, "PORT": 4789, "mtu": 1400, "gbp": true}}"#
        )
        #expect(configuration.network.clusterCIDRs.values.map(\.description) == ["10.7.0.0/16"])
        #expect(configuration.flannel.backend == .vxlan(VXLANOptions(vni: 7, port: 4789, mtu: 1400, gbp: true)))
    }

    @Test func `a family that is not enabled is off whatever network it names`() throws {
        let file = #"{"Network": "0.0.0.0/0", "EnableIPv4": false, "IPv6Network": "fd00:42::/56", "EnableIPv6": true, "#
        let configuration = try load(file + #""Backend": {"Type": "vxlan"}}"#)
        #expect(configuration.network.clusterCIDRs.values.map(\.description) == ["fd00:42::/56"])
        #expect(configuration.flannel.backend == .vxlan(VXLANOptions()))
    }

    @Test(arguments: [
        (#"{"Type": "host-gw"}"#, OverlayConfiguration.Backend.hostGateway),
        (#"{"Type": "vxlan", "DirectRouting": true}"#, .vxlan(VXLANOptions(directRouting: true))),
    ])
    func `nodes on one link may be reached without a tunnel`(
        _ text: String,
        _ backend: OverlayConfiguration.Backend
    ) throws {
        #expect(try load(#"{"Network": "10.7.0.0/16", "Backend": \#(text)}"#).flannel.backend == backend)
    }

    @Test func `a port of zero is the usual one`() throws {
        let configuration = try load(#"{"Network": "10.7.0.0/16", "Backend": {"Type": "vxlan", "Port": 0}}"#)
        #expect(configuration.flannel.backend == .vxlan(VXLANOptions(port: 8472)))
    }

    @Test(arguments: [
        ("{\n\"Netwrok\": \"10.7.0.0/16\"}", "net-conf.json:2", "Network"),
        (#"{"Network": "10.7.0.0"}"#, "net-conf.json:1", "Network"),
        (#"{"Network": "10.7.0.0/16"}"#, "net-conf.json", "Backend"),
        (#"{"Network": "10.7.0.0/16", "Backend": {"Type": "udp"}}"#, "net-conf.json:1", "vxlan"),
        (#"{"Network": "10.7.0.0/16", "Backend": {"Type": "ipsec"}}"#, "net-conf.json:1", "ipsec is not built yet"),
        (#"{"Network": "10.7.0.0/16", "Backend": {"Type": "vxlan", "VIN": 1}}"#, "'VIN'", "VNI"),
        (#"{"Network": "10.7.0.0/16", "Backend": {"Type": "vxlan", "VNI": 16777216}}"#, "net-conf.json:1", "VNI"),
        (
            #"{"Network": "10.7.0.0/16", "Backend": {"Type": "vxlan", "DirectRouting": "on"}}"#, "net-conf.json:1",
            "DirectRouting"
        ),
        (#"["Network"]"#, "net-conf.json:1", "object"), ("", "net-conf.json", "empty"),
    ])
    func `a file that cannot be used is a configuration error`(_ text: String, _ place: String, _ word: String) throws {
        let folder = try ConfigurationFolder(["net-conf.json": text])
        let refusal = try #require(folder.refusal(["--flannel-conf=\(folder.path)/net-conf.json"]))
        #expect(refusal.code == .configuration)
        #expect(refusal.message.contains(place), "\(refusal.message)")
        #expect(refusal.message.contains(word), "\(refusal.message)")
    }

    @Test(arguments: [
        ("--flannel-backend=vxlan", nil), ("--flannel-backend=none", nil), ("--cluster-cidr=10.7.0.0/16", nil),
        ("--cluster-cidr=10.8.0.0/16", "cluster-cidr"),
    ])
    func `flags may say what the file says, and nothing else`(_ flag: String, _ complaint: String?) throws {
        let text = #"{"Network": "10.7.0.0/16", "Backend": {"Type": "vxlan"}}"#
        let folder = try ConfigurationFolder(["net-conf.json": text])
        let refusal = folder.refusal(["--flannel-conf=\(folder.path)/net-conf.json", flag])
        if let complaint {
            #expect(refusal?.code == .configuration)
            #expect(refusal?.message.contains(complaint) == true)
        } else {
            #expect(refusal == nil, "\(refusal?.message ?? "")")
        }
    }

    @Test func `with etcd the subnets of the file are kept for the others, and have to make sense`() throws {
        let subnets = #""SubnetLen": 26, "SubnetMin": "10.7.4.0", "IPv6SubnetLen": 80"#
        let text = #"{"Network": "10.7.0.0/16", \#(subnets), "Backend": {"Type": "vxlan"}}"#
        #expect(
            try load(text).flannel.subnetMembers == [
                #""SubnetLen":26"#, #""SubnetMin":"10.7.4.0""#, #""IPv6SubnetLen":80"#,
            ]
        )
        let wrong = try ConfigurationFolder(["net-conf.json": text.replacing("4.0", with: "4.1")])
        let file = "--flannel-conf=\(wrong.path)/net-conf.json"
        #expect(wrong.refusal([file]) == nil, "where Node objects have their podCIDRs they are of no interest")
        let refusal = try #require(wrong.refusal([file, "--etcd-endpoints=http://10.0.0.1:2379"]))
        #expect(refusal.code == .configuration)
        #expect(refusal.message.hasSuffix("net-conf.json: SubnetMin 10.7.4.1 is not the first address of a /26"))
    }

    @Test func `a missing file is named`() throws {
        let refusal = try #require(ConfigurationFolder().refusal(["--flannel-conf=/nonexistent.json"]))
        #expect(refusal.code == .usage && refusal.message.contains("--flannel-conf"))
        #expect(refusal.message.contains("/nonexistent.json"))
    }

    private func load(_ text: String) throws -> AgentConfiguration {
        let folder = try ConfigurationFolder(["net-conf.json": text])
        let services = text.contains("\"EnableIPv4\": false") ? ["--service-cidr=fd00:43::/112"] : []
        return try folder.load(["--flannel-conf=\(folder.path)/net-conf.json"] + services)
    }
}
