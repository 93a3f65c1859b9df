import ClusterState
import NetworkTypes

/// Who may use a service's load balancer: `spec.loadBalancerSourceRanges`, or the annotation that came before it.
enum SourceRanges {
    static let annotation = "service.beta.kubernetes.io/load-balancer-source-ranges"

    /// The networks of the family that may come, sorted and without overlaps; nil if all may: no range is given for the
    /// family, or one holds every address.
    static func allowed(_ service: Service, _ family: AddressFamily) -> [IPPrefix]? {
        var ranges = service.loadBalancerSourceRanges
        var isReadable = true
        if ranges.isEmpty, let text = service.metadata.annotations[annotation] {
            let words = text.split(separator: ",").map(\.trimmed).filter { !$0.isEmpty }
            ranges = words.compactMap { try? InterfaceAddress(parsing: $0).network }
            isReadable = ranges.count == words.count
        }
        let own = ranges.filter { $0.family == family }
        // What cannot be read lets nobody in: a typing error must not open a port.
        guard !own.isEmpty || !isReadable else { return nil }
        guard own.allSatisfy({ $0.length > 0 }) else { return nil }
        var merged: [IPPrefix] = []
        for range in own.sorted() where merged.last?.contains(range) != true { merged.append(range) }
        return merged
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
