import FoundationEssentials
import JSONText

extension StatusReport {
    /// The report as JSON, keys in alphabetical order, so that two reports can be compared line by line.
    package var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return JSONString.escaping(String(decoding: try encoder.encode(self), as: UTF8.self)) + "\n"
        }
    }

    /// Reads a report as an agent sent it.
    package init(json bytes: some Sequence<UInt8>) throws {
        self = try JSONDecoder().decode(StatusReport.self, from: Data(bytes))
    }
}
