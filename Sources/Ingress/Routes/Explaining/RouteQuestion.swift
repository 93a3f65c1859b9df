import HTTPWire

/// A URL whose way through the ingress is asked for, in the form in which requests are looked up.
package struct RouteQuestion: Hashable, Sendable {
    /// `http` or `https`.
    package let scheme: String
    /// In lower case, without a port; an IPv6 address has its brackets.
    package let host: String
    /// Without a query, in normal form; begins with `/`.
    package let path: String

    /// - Parameters:
    ///   - url: `https://shop.example.org/cart?id=1`.
    ///   - configuration: how requests are read; with nil a URL is taken that any configuration takes.
    package init(url: String, for configuration: RouteConfiguration?) throws(RouteQuestionError) {
        guard let separator = url.firstRange(of: "://") else {
            throw RouteQuestionError("it has no scheme: put http:// or https:// before it")
        }
        scheme = url[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw RouteQuestionError("its scheme is neither http nor https")
        }
        let rest = url[separator.upperBound...].utf8
        let authority = Array(rest.prefix { !"/?#".utf8.contains($0) })
        guard !authority.isEmpty else { throw RouteQuestionError("it names no host") }
        var name = HostName()
        guard name.normalise(authority.span, authority.indices) else {
            throw RouteQuestionError("its host is malformed; a name, an address or one of them with a port is expected")
        }
        host = String(decoding: name.octets, as: UTF8.self)
        let target = rest.dropFirst(authority.count).prefix { $0 != UInt8(ascii: "#") }
        guard configuration?.allowsNonASCIIPaths ?? true || target.allSatisfy({ $0 < 0x80 }) else {
            throw .malformedPath
        }
        let path = Array(target.prefix { $0 != UInt8(ascii: "?") })
        self.path = try Self.normalise(path, mergingSlashes: configuration?.mergesSlashes ?? false)
    }

    private static func normalise(_ path: [UInt8], mergingSlashes: Bool) throws(RouteQuestionError) -> String {
        var normaliser = PathNormaliser()
        switch normaliser.normalise(path.span, mergingSlashes: mergingSlashes) {
        case .asIs: return String(decoding: path, as: UTF8.self)
        case .rewritten: return String(decoding: normaliser.octets, as: UTF8.self)
        case .refused: throw .malformedPath
        }
    }
}

/// Why nothing can be said of a URL.
package struct RouteQuestionError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }

    fileprivate static let malformedPath = RouteQuestionError(
        "its path is malformed: a request for it is answered with 400; what is no ASCII letter or digit may need a % escape"
    )
}

extension RouteTable {
    /// Which way a request for a URL takes, and why no other one.
    package func explain(_ question: RouteQuestion) -> RouteExplanation {
        explain(scheme: question.scheme, host: question.host, path: question.path)
    }
}
