import HTTPWire

/// What one loop counts of the requests that it served and of its connections: plain words, which nobody else reads.
///
/// A request of a kind that was counted before takes no memory.
struct Traffic: Sendable {
    /// By the place of their kind in `kinds`.
    private(set) var tallies: [RequestTally] = []
    private(set) var kinds: [RequestKind] = []
    private var places: [RequestKind: Int] = [:]
    /// Those of the last request, since the next one is like it in most cases: of its entry point, of its service.
    private var lastPlaces = InlineArray<2, Int>(repeating: -1)

    /// Traefik's names of the services that requests went to, by their numbers.
    private(set) var services: [String] = []
    private var serviceNumbers: [String: Int] = [:]
    /// The same by the routes of the table at hand, so that no name is looked up for a request.
    private var routeNumbers: [ObjectIdentifier: Int] = [:]
    private var lastRoute: (route: ObjectIdentifier, number: Int)?
    /// Requests that were sent again, by the number of the service.
    private(set) var retries: [UInt64] = []

    /// Requests over TLS.
    private(set) var secure: [SecureRequestKind: UInt64] = [:]

    /// Of clients that are there, by the index of the entry point.
    var connections = InlineArray<2, Int>(repeating: 0)
    /// Clients that were not taken, by why.
    var refusals: [ClientRefusal: UInt64] = [:]
    /// Connections that rested and had to make room for others.
    var evictions: UInt64 = 0
    /// Requests that are the first on their connection to the endpoint.
    var connects: UInt64 = 0
    /// Those that follow others on theirs, or share it with others.
    var reuses: UInt64 = 0
    /// Connections to endpoints that could not be made, and responses that did not come, or not whole.
    var failures: [UpstreamFailure.Kind: UInt64] = [:]
    /// Sessions of TLS that did not come about.
    var handshakeFailures: UInt64 = 0

    /// Notes a request when its response is complete, or never will be.
    mutating func note(
        _ exchange: borrowing Exchange,
        status: UInt16,
        _ client: borrowing ClientConnection,
        now: Int64
    ) {
        let milliseconds = UInt64(max(0, now - exchange.startedAt))
        let (method, isUpgrade) = (exchange.method, exchange.offersUpgrade)
        let kind = RequestKind(client.entryPoint.index, status: status, method, isUpgrade: isUpgrade)
        var place = place(of: kind, 0)
        tallies[place].note(milliseconds, exchange.requestOctets, exchange.responseOctets)
        if let handshake = client.secure {
            let kind = SecureRequestKind(entryPoint: client.entryPoint, handshake: handshake)
            secure[kind, default: 0] &+= 1
        }
        guard exchange.isForService, let route = exchange.route, let name = route.serviceName else { return }
        let number = number(of: route, name)
        place = self.place(of: RequestKind(EntryPoint.allCases.count + number, like: kind), 1)
        tallies[place].note(milliseconds, exchange.requestOctets, exchange.responseOctets)
        retries[number] &+= UInt64(exchange.retries)
    }

    private mutating func place(of kind: RequestKind, _ which: Int) -> Int {
        let last = lastPlaces[which]
        if last >= 0, kinds[last] == kind { return last }
        let place = places[kind] ?? tallies.count
        if place == tallies.count {
            places[kind] = place
            kinds.append(kind)
            tallies.append(RequestTally())
        }
        lastPlaces[which] = place
        return place
    }

    private mutating func number(of route: Route, _ name: String) -> Int {
        let identifier = ObjectIdentifier(route)
        if let lastRoute, lastRoute.route == identifier { return lastRoute.number }
        let number = routeNumbers[identifier] ?? serviceNumbers[name] ?? services.count
        if number == services.count {
            services.append(name)
            serviceNumbers[name] = number
            retries.append(0)
        }
        routeNumbers[identifier] = number
        lastRoute = (identifier, number)
        return number
    }

    /// There is another table. Where requests went to many more services than there are, those that are gone are forgotten.
    mutating func follow(_ table: RouteTable) {
        // A route that is gone may have lent its identity to another one.
        routeNumbers.removeAll(keepingCapacity: true)
        lastRoute = nil
        guard services.count > 2 * table.backendCount + 100 else { return }
        let current = table.serviceNames
        forget { !current.contains($0) }
    }

    /// Forgets services by their names.
    private mutating func forget(where isGone: (String) -> Bool) {
        let former = self
        (tallies, kinds, places) = ([], [], [:])
        (services, serviceNumbers, retries) = ([], [:], [])
        lastPlaces = InlineArray(repeating: -1)
        var numbers: [Int: Int] = [:]
        for (number, name) in former.services.enumerated() where !isGone(name) {
            numbers[number] = services.count
            serviceNumbers[name] = services.count
            services.append(name)
            retries.append(former.retries[number])
        }
        let points = EntryPoint.allCases.count
        for (kind, tally) in zip(former.kinds, former.tallies) {
            let subject = kind.subject < points ? kind.subject : numbers[kind.subject - points].map { $0 + points }
            guard let subject else { continue }
            let place = place(of: RequestKind(subject, like: kind), 0)
            tallies[place] = tally
        }
    }
}
