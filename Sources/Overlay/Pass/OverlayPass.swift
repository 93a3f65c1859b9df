import LinuxSystem
import Netlink

/// One pass over the host: what was found, what was done, what could not be done.
struct OverlayPass {
    let kernel: any OverlayKernel
    private(set) var links: [Link] = []
    private(set) var addresses: [Address] = []
    /// The main table's routes, if they were asked for.
    private(set) var routes: [Route]?
    private(set) var hasObserved = false
    /// Changes asked for, whether granted or not.
    var changes = 0
    var causes: [OverlayError] = []
    var complaints: [String] = []
    /// Whether the pod network is there, so that runtimes may be told.
    var mayAnnounce = true
    /// Links that we made, whatever their aliases say now.
    var made: Set<InterfaceIndex> = []
    /// The files that could not be written.
    var unwritable: Set<String> = []
    /// Links that are no longer needed and stay since others use them, and those others.
    var users: Set<InterfaceIndex> = []

    init(_ kernel: any OverlayKernel) {
        self.kernel = kernel
    }

    var network: any RouteNetlink { kernel.network }

    /// Reads links and addresses, and the routes where they tell who is on the link.
    mutating func observe(withRoutes: Bool = false) throws(NetlinkError) {
        // Before the addresses: a network that goes with its address in between is then too much, not too little.
        if withRoutes { routes = try network.routes(RouteFilter(table: .main)) }
        links = try network.links()
        addresses = try network.addresses(of: nil)
        hasObserved = true
    }

    /// Does what is needed, and tells whether all of it was done. What is to be deleted may be gone already.
    @discardableResult
    mutating func perform(_ operations: [NetlinkOperation]) -> Bool {
        let failures = failures(of: operations)
        causes += failures.map(OverlayError.network)
        return failures.isEmpty
    }

    /// Does what is needed, and returns what was not granted.
    mutating func failures(of operations: [NetlinkOperation]) -> [NetlinkError] {
        guard !operations.isEmpty else { return [] }
        changes += operations.count
        return zip(operations, network.perform(operations)).compactMap { operation, failure in
            guard let failure, !(failure.isMissing && operation.isDeletion) else { return nil }
            guard failure.errno == .invalidArgument, let detour = operation.onLinkDetour else { return failure }
            return self.failure(of: detour)
        }
    }

    private func failure(of detour: OnLinkDetour) -> NetlinkError? {
        // Whether somebody has the helping route already shows in the second step.
        let failures = network.perform(detour.operations)
        return failures[1] ?? failures[2].flatMap { $0.isMissing ? nil : $0 }
    }
}

// MARK: - What the parts of a pass share

extension OverlayPass {
    /// The link as it is after a change. Nil if it cannot be had.
    mutating func reread(_ name: LinkName) -> Link? {
        do throws(NetlinkError) {
            guard let link = try network.link(named: name) else {
                return blocked(.network(NetlinkError(operation: "find link", subject: "\(name)", errno: .noEntry)))
            }
            return link
        } catch {
            return blocked(.network(error))
        }
    }

    /// Notes why there is no link, and that runtimes are not to be told of the pod network.
    mutating func blocked(_ cause: OverlayError) -> Link? {
        causes.append(cause)
        mayAnnounce = false
        return nil
    }
}

extension NetlinkOperation {
    fileprivate var isDeletion: Bool {
        switch self {
        case .deleteLink, .deleteAddress, .deleteRoute, .deleteNeighbour, .deleteForwardingEntry: true
        default: false
        }
    }
}
