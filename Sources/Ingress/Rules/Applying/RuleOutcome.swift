/// What becomes of a request.
package enum RuleOutcome: Hashable, Sendable {
    /// It goes to the backend, so changed.
    case forward(HeadEdits)
    /// It is answered here.
    case answer(LocalAnswer)
    /// Its password has to be compared first, which takes long: on another thread, then on with `RequestRules.resume`.
    case verify(PasswordCheck)
}

/// Changes of a request's head and of its response's.
package struct HeadEdits: Hashable, Sendable {
    /// What the path is replaced by.
    package var path: [UInt8]?
    /// What `Host` is replaced by.
    package var host: [UInt8]?
    /// Of the request. What it takes out is neither copied nor written by the proxy itself, X-Forwarded fields included.
    package var request = FieldEdits()
    /// Of the response, whether a backend's or one that the proxy makes.
    package var response = FieldEdits()
    /// Who it is, if a password was asked for: for the access log.
    package var user: String?

    package init() {}

    /// Puts the edits of one more step of the way: on the way back, the response passes it before those that came earlier.
    mutating func addResponse(_ edits: FieldEdits) {
        var combined = edits
        combined.merge(response)
        response = combined
    }
}

/// A response that the proxy makes.
package struct LocalAnswer: Hashable, Sendable {
    package var status: UInt16
    /// Beside those that every response of the proxy has.
    package var fields: [EditedField]
    /// Nil stands for the usual text of the status.
    package var body: [UInt8]?
    /// For the access log: a few words.
    package var reason: String

    package init(_ status: UInt16, fields: [EditedField] = [], body: [UInt8]? = nil, reason: String) {
        self.status = status
        self.fields = fields
        self.body = body
        self.reason = reason
    }
}
