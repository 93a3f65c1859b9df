import HTTPWire

/// How the body of a response is delimited for the client.
enum ResponseFraming: Equatable {
    /// It has none, and what the endpoint says of its length stays.
    case none
    case octets(UInt64)
    case chunked
    case untilClose

    /// - Parameter isModern: whether the client knows chunks.
    init(_ body: ResponseBody, isModern: Bool) {
        switch body {
        case .none: self = .none
        case .octets(let count): self = .octets(count)
        case .chunked, .untilClose: self = isModern ? .chunked : .untilClose
        }
    }
}
