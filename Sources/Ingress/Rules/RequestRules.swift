/// What is done to the requests of a route on their way, in order: the middlewares that its Ingress names, then those of
/// its service.
///
/// A middleware that cannot be found or read leaves the single step `.refuse`: a route is never served without the
/// protection that was asked for. (Traefik drops such a router, so that a less specific one may answer; here the route
/// stays and answers 503.)
package struct RequestRules: Hashable, Sendable {
    package let steps: [RequestStep]

    package init(steps: [RequestStep] = []) {
        self.steps = steps
    }

    /// Nothing to do, as for most routes.
    package static let none = RequestRules()

    package var isEmpty: Bool { steps.isEmpty }

    /// Why all requests are refused; nil if they are not.
    package var refusal: String? {
        for case .refuse(let reason) in steps { return reason }
        return nil
    }
}

/// One of the things that are done to a request.
package enum RequestStep: Hashable, Sendable {
    case redirect(SchemeRedirect)
    case strip(PrefixStrip)
    case headers(HeaderRules)
    case authenticate(BasicAuthentication)
    case allow(AddressAllowance)
    case limit(RateLimit)
    /// 503, with the reason for the log.
    case refuse(reason: String)
}
