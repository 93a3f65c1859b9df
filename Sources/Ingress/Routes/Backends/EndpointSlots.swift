/// Numbers for endpoints: small ones, kept while the endpoint is in use.
struct EndpointSlots: Sendable {
    private struct Place: Sendable {
        let slot: Int
        /// How many backends have it.
        var users: Int
    }

    private var places: [BackendEndpoint: Place] = [:]
    private var free: [Int] = []
    /// Who has each number; nil for numbers that nobody has now.
    private(set) var endpoints: [BackendEndpoint?] = []

    init() {}

    /// Gives each endpoint its number, of which there is then one user more.
    mutating func take(_ wanted: [BackendEndpoint]) -> [BackendEndpoint] {
        wanted.map { endpoint in
            let slot = places[endpoint]?.slot ?? nextSlot()
            let placed = BackendEndpoint(endpoint, slot: slot)
            places[placed, default: Place(slot: slot, users: 0)].users += 1
            endpoints[slot] = placed
            return placed
        }
    }

    /// Counts one user less for each.
    mutating func release(_ former: [BackendEndpoint]) {
        for endpoint in former {
            guard var place = places[endpoint] else { continue }
            place.users -= 1
            places[endpoint] = place.users > 0 ? place : nil
            if place.users == 0 {
                endpoints[place.slot] = nil
                free.append(place.slot)
            }
        }
    }

    private mutating func nextSlot() -> Int {
        if let slot = free.popLast() { return slot }
        endpoints.append(nil)
        return endpoints.count - 1
    }
}
