import LinuxSystem

extension NetlinkOperation {
    /// What would help against a refusal of the operation, where that is known.
    func remedy(for errno: Errno) -> String? {
        switch errno {
        case .permission: "CAP_NET_ADMIN is needed"
        case .accessDenied: "IPv6 is switched off on the interface (sysctl disable_ipv6)"
        case .familyNotSupported: familyRemedy
        case .networkDown: "the interface is down"
        case .networkUnreachable, .hostUnreachable: "the gateway is on no network of the interface"
        default: linkRemedy(errno)
        }
    }

    /// Why the kernel could not be asked at all, or nil if it can.
    var contradiction: String? {
        switch self {
        case .setLink(.name, let change) where change.name != nil: "a link can be renamed by its index only"
        case .addRoute(let route), .replaceRoute(let route):
            route.isMultipath ? "a route with several next hops cannot be written" : nil
        default: nil
        }
    }

    private var familyRemedy: String {
        switch self {
        case .setForwardingEntry, .appendForwardingEntry: "the tunnel's underlay is of the other address family"
        default: "the kernel is without IPv6, or IPv6 is switched off"
        }
    }

    private func linkRemedy(_ errno: Errno) -> String? {
        switch (self, errno) {
        case (.createLink(let request), .notSupported):
            "the kernel lacks the link kind '\(request.kind.name)'; load the module \(request.kind.name)"
        case (.createLink(let request), .exists):
            if case .vxlan = request.kind {
                "a link of that name exists, or another vxlan link has the same VNI and port: "
                    + "see `ip -d link show type vxlan`"
            } else {
                "a link of that name exists"
            }
        case (.createLink, .addressInUse), (.setLink, .addressInUse):
            "the UDP port is taken by another socket or a vxlan link of other settings: "
                + "see `ip -d link show type vxlan` and `ss -lunp`"
        case (.setBridgePort, .notSupported): "the link is not a port of a bridge"
        case (.setLink(_, let change), .invalidArgument) where change.mtu != nil: "the MTU is out of the link's range"
        default: nil
        }
    }
}

extension NetlinkError {
    init(_ operation: String, _ subject: String, _ refusal: Refusal) {
        self.init(
            operation: operation,
            subject: subject,
            errno: refusal.errno,
            kernelMessage: refusal.message,
            remedy: refusal.errno == .permission ? "CAP_NET_ADMIN is needed" : nil
        )
    }

    init(opening subject: String, _ errno: Errno) {
        self.init("open", subject, Refusal(errno: errno))
    }

    /// What kept a socket from being opened in another namespace.
    init(entering namespace: NetworkNamespace, _ error: any Error) {
        if let error = error as? NetlinkError {
            self = error
        } else if let error = error as? SystemCallError {
            self.init("\(error.call)", error.subject, Refusal(errno: error.errno))
        } else {
            self.init("enter", "network namespace: \(error)", Refusal(errno: .invalidArgument))
        }
    }
}
