import HTTPWire

/// One request with its response.
struct Exchange: ~Copyable {
    /// A request is there that has no complete response.
    private(set) var isOpen = false
    var route: Route?
    /// Which table the route is of.
    var tableNumber: UInt64 = 0
    var backend: Backend?
    /// The place of the endpoint among those of the backend.
    var place = -1
    var slot = -1
    /// Where the client's cookie leads; nil if it has none, or one that leads nowhere.
    var seat: StickySeats.Seat?
    /// Which of the endpoints that have had this slot.
    var generation: UInt32 = 0
    var method = HTTPMethod.get
    /// Whether the client takes what HTTP/1.1 brought: interim responses, chunks.
    var isModern = true
    var takesTrailers = false
    /// Whether the client waits to be told to send the body.
    var awaitsContinue = false
    /// Whether the client offered to change the protocol.
    var offersUpgrade = false
    /// The key of a WebSocket that a client of HTTP/2 asks for, which has none of its own to look at what comes of it.
    var webSocketKey: WebSocketKey?
    /// Whether it is a call of gRPC, whose failures have a form of their own.
    var isRemoteCall = false
    /// Whether it may go over a connection of HTTP/2 that others use too.
    var mayBeShared = false
    /// The status that the client was sent; 0 if none was.
    var status: UInt16 = 0
    /// Whether the connection to the endpoint had carried a request before.
    var isReused = false
    /// Whether rules had it go to its service, if there is one.
    var isForService = false
    var retries = 0
    /// What of the request was sent, as long as it can be sent again; empty if it cannot.
    var kept = OctetBuffer()
    var isKept = false
    /// What is done to the response's fields.
    var responseEdits: FieldEdits?
    var startedAt: Int64 = 0
    /// When an endpoint was chosen for it first; nil before.
    var forwardedAt: Int64?
    /// What the access log says of its head; nil if there is none.
    var logged: AccessHead?
    /// Why the proxy itself answers, or a response breaks off, for the access log.
    var reason: String?
    /// Whether a response breaks off.
    var isCut = false
    var requestOctets: UInt64 = 0
    var responseOctets: UInt64 = 0

    /// Begins another one. The memory of `kept` goes on.
    mutating func begin(at now: Int64) {
        var kept = OctetBuffer()
        swap(&kept, &self.kept)
        kept.removeAll()
        self = Exchange()
        self.kept = kept
        startedAt = now
        isOpen = true
    }

    /// Where the request goes.
    var endpoint: BackendEndpoint? {
        guard let backend, backend.endpoints.indices.contains(place) else { return nil }
        return backend.endpoints[place]
    }

    /// Keeps octets of the request.
    mutating func keep(_ octets: Span<UInt8>) {
        kept.append(octets)
    }

    /// The request can be sent no more.
    mutating func forget() {
        isKept = false
        kept.removeAll()
    }

    mutating func end() {
        isOpen = false
        route = nil
        backend = nil
        responseEdits = nil
        logged = nil
        reason = nil
        if kept.octets.capacity > 4_096 { kept = OctetBuffer() }
    }
}
