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

    /// A header field beside those that say how the body is to be read.
    package struct Field: Hashable, Sendable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package let status: Status
    package let contentType: String
    package let body: String
    package let fields: [Field]

    package init(
        _ status: Status,
        _ body: String,
        contentType: String = "text/plain; charset=utf-8",
        fields: [Field] = []
    ) {
        self.status = status
        self.contentType = contentType
        self.body = body
        self.fields = fields
    }
}
