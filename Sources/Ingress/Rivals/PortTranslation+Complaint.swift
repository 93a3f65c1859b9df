import Nftables

extension PortTranslation {
    /// What is wrong, and what to do.
    var complaint: String {
        let words = (comment ?? "").isEmpty ? "" : " (\(comment ?? ""))"
        return "port \(port) is taken by chain \(chain) of table \(table)\(words) before the ingress: \(remedy)"
    }

    private var remedy: String {
        let isPod = table == .linnetCNI || table.name == "cni_hostport" || chain.hasPrefix("CNI-")
        if isPod {
            return "it is a pod's host port, as those of k3s's svclb are: take it from the pod, or start k3s with "
                + "`--disable servicelb`"
        }
        if table.name == "kube-proxy" || chain.hasPrefix("KUBE-") {
            return "it is a Service's, by kube-proxy: give the Service another port or address"
        }
        return "remove the rule, or give the ingress other ports"
    }
}
