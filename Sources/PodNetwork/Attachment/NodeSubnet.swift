import LinuxSystem
package import NetworkTypes

/// What the agent says of the node's pods in `subnet.env`.
package struct NodeSubnet: Hashable, Sendable {
    /// The bridge's addresses, which are the pods' gateways, with the length of the subnet.
    package var gateways: PerFamily<InterfaceAddress>
    /// In bytes.
    package var mtu: Int

    package init(gateways: PerFamily<InterfaceAddress>, mtu: Int) {
        self.gateways = gateways
        self.mtu = mtu
    }

    /// Reads the file. One that is missing is the agent's to write: try again later.
    package static func read(_ path: String) throws(CNIError) -> NodeSubnet {
        let text: String
        do throws(SystemCallError) {
            text = try Files.readText(path)
        } catch  where error.errno == .noEntry {
            throw CNIError(
                .tryAgainLater,
                "\(error)",
                details:
                    "the node has no subnet yet: the agent writes the file once the overlay is ready (linnet status)"
            )
        } catch {
            throw CNIError(.inputOutput, "\(error)")
        }
        return try NodeSubnet(parsing: text, of: path)
    }

    /// - Parameter path: where the text is from, for errors.
    package init(parsing text: String, of path: String) throws(CNIError) {
        var values: [Substring: Substring] = [:]
        for line in text.split(whereSeparator: \.isNewline) {
            guard let equals = line.firstIndex(of: "=") else { continue }
            values[line[..<equals]] = line[line.index(after: equals)...]
        }
        guard let number = values["FLANNEL_MTU"].flatMap({ Int($0) }), (68...65_535).contains(number) else {
            throw CNIError(.invalidConfiguration, "\(path) has no usable FLANNEL_MTU", details: Self.remedy)
        }
        mtu = number
        gateways = PerFamily(
            v4: try Self.gateway(values["FLANNEL_SUBNET"], .ipv4, path),
            v6: try Self.gateway(values["FLANNEL_IPV6_SUBNET"], .ipv6, path)
        )
        guard !gateways.isEmpty else {
            throw CNIError(
                .invalidConfiguration,
                "\(path) has neither FLANNEL_SUBNET nor FLANNEL_IPV6_SUBNET",
                details: Self.remedy
            )
        }
    }

    private static let remedy = "the agent writes the file anew when it starts"

    private static func gateway(
        _ text: Substring?,
        _ family: AddressFamily,
        _ path: String
    ) throws(CNIError) -> InterfaceAddress? {
        guard let text, !text.isEmpty else { return nil }
        do {
            let address = try InterfaceAddress(parsing: text)
            if address.family == family { return address }
        } catch {
            throw CNIError(path, error, code: .invalidConfiguration, details: remedy)
        }
        throw CNIError(.invalidConfiguration, "\(path): \(text) is not \(family)", details: remedy)
    }
}
