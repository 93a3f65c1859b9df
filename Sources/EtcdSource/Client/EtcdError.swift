/// Why etcd did not do what it was asked.
package enum EtcdError: Error, Hashable, Sendable, CustomStringConvertible {
    /// No endpoint gave an answer that can be used.
    case unreachable([EndpointFailure])
    /// etcd answered, and the answer is no.
    case refused(endpoint: String, message: String)
    /// A watch asked for changes that etcd has thrown away.
    case compacted(revision: Int64)
    /// An answer is longer than may be, in bytes.
    case tooLong(endpoint: String, limit: Int)
    /// There is more under a prefix than a node can hold, in bytes.
    case tooMuch(String, limit: Int)
    /// A file that the connection needs cannot be used.
    case unusableFile(String)

    package var description: String {
        switch self {
        case .unreachable(let failures):
            "no etcd endpoint answers: \(failures.map(\.description).joined(separator: "; "))"
        case .refused(let endpoint, let message): "etcd at \(endpoint) refuses: \(message)"
        case .compacted(let revision): "etcd has compacted its history up to revision \(revision)"
        case .tooLong(let endpoint, let limit): "etcd at \(endpoint) answers with more than \(limit >> 20) MiB"
        case .tooMuch(let prefix, let limit):
            "the values under \(prefix) in etcd are more than \(limit >> 20) MiB: remove what does not belong there"
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
