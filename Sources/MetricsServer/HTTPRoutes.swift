package import PlainHTTP

/// What each path answers.
package struct HTTPRoutes: Sendable {
    package typealias Answer = @Sendable () async -> HTTPAnswer

    private let answers: [String: Answer]

    /// - Parameter answers: by path, such as `/metrics`.
    package init(_ answers: [String: Answer]) {
        self.answers = answers
    }

    /// The answer to a request. Queries behind the path are passed over.
    ///
    /// - Parameters:
    ///   - method: as it stands in the request, in upper case.
    ///   - target: in origin-form or absolute-form (RFC 9112 section 3.2).
    package func answer(_ method: String, _ target: String) async -> HTTPAnswer {
        guard let answer = answers[Self.path(of: target)] else { return HTTPAnswer(.notFound, "not found\n") }
        guard method == "GET" || method == "HEAD" else {
            return HTTPAnswer(.methodNotAllowed, "only GET and HEAD\n")
        }
        return await answer()
    }

    static func path(of target: String) -> String {
        var rest = target[...]
        if let scheme = ["http://", "https://"].first(where: { rest.lowercased().hasPrefix($0) }) {
            rest = rest.dropFirst(scheme.count).drop { $0 != "/" && $0 != "?" }
            if rest.first != "/" { rest = "/" + rest }
        }
        return String(rest.prefix { $0 != "?" && $0 != "#" })
    }
}
