import FoundationEssentials
import JSONText

/// How answers to `linnet status` are written.
enum StatusJSON {
    static func text(of value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return JSONString.escaping(String(decoding: try encoder.encode(value), as: UTF8.self)) + "\n"
    }
}

extension StatusReport {
    /// The report as JSON, keys in alphabetical order, so that two reports can be compared line by line.
    package var json: String {
        get throws {
            try StatusJSON.text(of: self)
        }
    }

    /// Reads a report as an agent sent it.
    package init(json bytes: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(StatusReport.self, from: Data(bytes))
    }
}
