import HTTPWire
import JSONText
import NetworkTypes

/// Values of the access log, for which there has to be room.
extension OutputSpan<UInt8> {
    /// Appends what others wrote, within quotes that the caller writes. An octet becomes six at most.
    @inline(__always)
    mutating func append(escaping text: Span<UInt8>) {
        guard !JSONString.isPlain(text) else { return append(text) }
        var escaped: [UInt8] = []
        JSONString.append(text, to: &escaped)
        append(escaped.span.extracting(1..<escaped.count - 1))
    }

    /// Appends `http://10.42.1.1:8080`.
    mutating func append(urlOf endpoint: BackendEndpoint) {
        append(endpoint.scheme.rawValue.utf8.span)
        append("://")
        if case .v6 = endpoint.address {
            append("[")
            append(endpoint.address)
            append("]")
        } else {
            append(endpoint.address)
        }
        append(":")
        append(decimal: UInt64(endpoint.port))
    }
}
