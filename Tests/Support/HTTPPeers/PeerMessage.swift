/// A request or a response as it came, for a test to look at. It shares nothing with the parser under test.
package struct PeerMessage: Sendable {
    /// The first line without its end.
    package let startLine: String
    /// Names as they were written, and values without blanks around them, in their order.
    package let fields: [(name: String, value: String)]
    package var body: [UInt8] = []
    /// The fields behind the last chunk.
    package var trailers: [(name: String, value: String)] = []

    /// - Parameter head: with the empty line.
    init(head: [UInt8]) {
        let lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n", omittingEmptySubsequences: true)
        startLine = String(lines.first ?? "")
        fields = lines.dropFirst().map(Self.field)
    }

    static func field(_ line: Substring) -> (name: String, value: String) {
        let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let value = parts.count > 1 ? parts[1] : ""
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" }
        let trimmed = value.drop(while: isBlank).reversed().drop(while: isBlank).reversed()
        return (String(parts[0]), String(trimmed))
    }

    /// Of a response.
    package var status: Int? {
        guard startLine.hasPrefix("HTTP/1.") else { return nil }
        return startLine.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The values of all fields of this name, in their order.
    package subscript(name: String) -> [String] {
        fields.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
}

extension PeerConnection {
    /// The next message with its body.
    ///
    /// - Parameter isBodiless: whether it answers HEAD, or a head is all that is wanted of it.
    package func readMessage(isBodiless: Bool = false) throws -> PeerMessage {
        var message = PeerMessage(head: try read(through: "\r\n\r\n"))
        let status = message.status
        if isBodiless || status.map({ $0 < 200 || $0 == 204 || $0 == 304 }) == true { return message }
        if message["transfer-encoding"].contains(where: { $0.lowercased() == "chunked" }) {
            try readChunks(into: &message)
        } else if let length = message["content-length"].first.flatMap({ Int($0) }) {
            message.body = try read(length)
        } else if status != nil {
            message.body = try readToEnd().octets
        }
        return message
    }

    private func readChunks(into message: inout PeerMessage) throws {
        while true {
            let line = String(decoding: try read(through: "\r\n").dropLast(2), as: UTF8.self)
            guard let size = Int(line.prefix { $0 != ";" }, radix: 16) else {
                throw NothingCame(wanted: "the size of a chunk", seen: Array(line.utf8))
            }
            guard size > 0 else { break }
            message.body += try read(size)
            guard try read(2) == [13, 10] else { throw NothingCame(wanted: "the end of a chunk", seen: message.body) }
        }
        while case let line = try read(through: "\r\n"), line.count > 2 {
            message.trailers.append(PeerMessage.field(Substring(decoding: line.dropLast(2), as: UTF8.self)))
        }
    }
}
