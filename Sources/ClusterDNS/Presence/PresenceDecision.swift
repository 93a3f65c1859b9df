import NetworkTypes

/// Whether addresses may be said to be answered for some time more.
enum PresenceDecision: Equatable {
    case renew([IPAddress])
    /// Nothing is renewed; the text says why, where nobody else does.
    case lapse(String?)

    /// - Parameters:
    ///   - served: the addresses that the host holds and that every thread has sockets of both transports on.
    ///   - isSynchronised: whether the cluster's names are known. Before that others know more.
    ///   - silent: the threads that have not moved; each has a share of the clients.
    ///   - workers: how many threads there are.
    init(served: [IPAddress], isSynchronised: Bool, silent: Int, workers: Int) {
        if silent > 0 {
            self = .lapse("\(silent) of \(workers) threads are stuck: queries go to other endpoints, if any")
        } else if served.isEmpty || !isSynchronised {
            self = .lapse(nil)
        } else {
            self = .renew(served)
        }
    }
}
