import Nftables
import Testing

@testable import Ingress

@Suite struct PortTranslationComplaintTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let table: Table
        let chain: String
        var comment: String?
        let complaint: String
        var testDescription: String { "\(table) \(chain)" }
    }

    private static let pod =
        "it is a pod's host port, as those of k3s's svclb are: take it from the pod, or start k3s with "
        + "`--disable servicelb`"
    private static let service = "it is a Service's, by kube-proxy: give the Service another port or address"

    static let rows: [Row] = [
        Row(
            table: .linnetCNI,
            chain: "ports",
            comment: "kube-system/svclb-traefik-x",
            complaint: "chain ports of table inet linnet-cni (kube-system/svclb-traefik-x) before the ingress: \(pod)"
        ),
        Row(
            table: Table("nat", family: .ipv4),
            chain: "CNI-DN-0123",
            complaint: "chain CNI-DN-0123 of table ip nat before the ingress: \(pod)"
        ),
        Row(
            table: Table("cni_hostport"),
            chain: "hostports",
            comment: "",
            complaint: "chain hostports of table inet cni_hostport before the ingress: \(pod)"
        ),
        Row(
            table: Table("kube-proxy", family: .ipv4),
            chain: "external-ABC",
            complaint: "chain external-ABC of table ip kube-proxy before the ingress: \(service)"
        ),
        Row(
            table: Table("nat", family: .ipv6),
            chain: "KUBE-SVC-A",
            comment: "shop/web",
            complaint: "chain KUBE-SVC-A of table ip6 nat (shop/web) before the ingress: \(service)"
        ),
        Row(
            table: Table("mine"),
            chain: "entrance",
            complaint: "chain entrance of table inet mine before the ingress: "
                + "remove the rule, or give the ingress other ports"
        ),
    ]

    @Test("a complaint says who has the port, and what to do", arguments: rows)
    func complaint(_ row: Row) {
        let rival = PortTranslation(table: row.table, chain: row.chain, port: 80, comment: row.comment)
        #expect(rival.complaint == "port 80 is taken by \(row.complaint)")
    }
}
