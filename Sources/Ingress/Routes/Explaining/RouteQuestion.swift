import HTTPWire

/// A URL whose way through the ingress is asked for, in the form in which requests are looked up.
package struct RouteQuestion: Hashable, Sendable {
    /// `http` or `https`.
    package let scheme: String
    /// In lower case, without a port; an IPv6 address has its brackets.
    package let host: String
    /// Without a query; begins with `/`, and dots that stand for a place are resolved.
    package let path: String

    /// - Parameter url: `https://shop.example.org/cart?id=1`.
    package init(url: String) throws(RouteQuestionError) {
        guard let separator = url.firstRange(of: "://") else {
            throw RouteQuestionError("it has no scheme: put http:// or https:// before it")
        }
        scheme = url[..<separator.lowerBound].lowercased()
        guard scheme == "http" || scheme == "https" else {
            throw RouteQuestionError("its scheme is neither http nor https")
        }
        let rest = url[separator.upperBound...]
        let authority = Array(rest.prefix { !"/?#".contains($0) }.utf8)
        guard !authority.isEmpty else { throw RouteQuestionError("it names no host") }
        var name = HostName()
        guard name.normalise(authority.span, authority.indices) else {
            throw RouteQuestionError("its host is malformed; a name, an address or one of them with a port is expected")
        }
        host = String(decoding: name.octets, as: UTF8.self)
        let path = rest.drop { !"/?#".contains($0) }.prefix { $0 != "?" && $0 != "#" }
        self.path = try Self.normalise(Array(path.utf8))
    }

    /// Slashes in a row are left to the table, which knows what they mean.
    private static func normalise(_ path: [UInt8]) throws(RouteQuestionError) -> String {
        var normaliser = PathNormaliser()
        switch normaliser.normalise(path.span, mergingSlashes: false) {
        case .asIs: return String(decoding: path, as: UTF8.self)
        case .rewritten: return String(decoding: normaliser.octets, as: UTF8.self)
        case .refused:
            throw RouteQuestionError(
                "its path is malformed: a request for it is answered with 400; what is no letter or digit may need a % escape"
            )
        }
    }
}

/// Why nothing can be said of a URL.
package struct RouteQuestionError: Error, Hashable, CustomStringConvertible {
    package let description: String

    init(_ description: String) {
        self.description = description
    }
}

extension RouteTable {
    /// Which way a request for a URL takes, and why no other one.
    package func explain(_ question: RouteQuestion) -> RouteExplanation {
        explain(scheme: question.scheme, host: question.host, path: question.path)
    }
}
