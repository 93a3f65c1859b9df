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

/// What is said to a request.
package struct HTTPAnswer: Hashable, Sendable {
    package enum Status: UInt, Sendable {
        case ok = 200
        case badRequest = 400
        case notFound = 404
        /// Needs the header Allow (RFC 9110 section 15.5.6).
        case methodNotAllowed = 405
        case unavailable = 503
    }

    package let status: Status
    package let contentType: String
    package let body: String

    package init(_ status: Status, _ body: String, contentType: String = "text/plain; charset=utf-8") {
        self.status = status
        self.contentType = contentType
        self.body = body
    }
}
