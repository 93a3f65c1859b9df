internal import Glibc

extension Errno {
    /// Whether accept(2) failed with it for the stream alone that was to be taken: the next may be well.
    var isOfAcceptedStream: Bool {
        let network = [
            ECONNABORTED, EPERM, ENETDOWN, EPROTO, ENOPROTOOPT, EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP,
            ENETUNREACH, EINTR, ECONNRESET, ETIMEDOUT,
        ]
        return network.contains(rawValue)
    }
}
