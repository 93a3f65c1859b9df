/// Why etcd did not do what it was asked.
package enum EtcdError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No endpoint gave an answer that can be used.
    case unreachable([EndpointFailure])
    /// etcd answered, and the answer is no.
    case refused(endpoint: String, message: String)
    /// A watch asked for changes that etcd has thrown away.
    case compacted(revision: Int64)
    /// A file that the connection needs cannot be used.
    case unusableFile(String)

    package var description: String {
        switch self {
        case .unreachable(let failures):
            "no etcd endpoint answers: \(failures.map(\.description).joined(separator: "; "))"
        case .refused(let endpoint, let message): "etcd at \(endpoint) refuses: \(message)"
        case .compacted(let revision): "etcd has compacted its history up to revision \(revision)"
        case .unusableFile(let reason): reason
        }
    }
}

/// What is wrong with one endpoint.
package struct EndpointFailure: Hashable, Sendable, CustomStringConvertible {
    package let endpoint: String
    package let reason: String

    package var description: String { "\(endpoint): \(reason)" }
}
