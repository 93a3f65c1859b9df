/// Reads YAML and JSON.
package enum YAMLReader {
    /// The documents of a text, in order. An empty document is a null; a text without content has none.
    ///
    /// A text that begins with a brace or a bracket is read as JSON, with all its escapes and any number of values one
    /// after the other; if it is not JSON, as YAML, whose flow style looks alike.
    package static func documents(
        in bytes: [UInt8],
        limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) -> [YAMLNode] {
        guard bytes.count <= limits.bytes else {
            throw YAMLError(at: .start, "the text has \(bytes.count) bytes, more than the \(limits.bytes) allowed")
        }
        guard looksLikeJSON(bytes) else { return try yaml(bytes, limits) }
        do throws(YAMLError) {
            var parser = JSONParser(bytes, limits: limits)
            return try parser.values()
        } catch let notJSON {
            do throws(YAMLError) {
                return try yaml(bytes, limits)
            } catch let notYAML {
                // The reader that came further knows better what was meant.
                throw notJSON.position >= notYAML.position ? notJSON : notYAML
            }
        }
    }

    /// The documents of a text, in order.
    package static func documents(
        in text: String,
        limits: YAMLLimits = YAMLLimits()
    ) throws(YAMLError) -> [YAMLNode] {
        try documents(in: Array(text.utf8), limits: limits)
    }

    private static func yaml(_ bytes: [UInt8], _ limits: YAMLLimits) throws(YAMLError) -> [YAMLNode] {
        var composer = Composer(try EventStream(bytes), limits: limits)
        return try composer.documents()
    }

    private static func looksLikeJSON(_ bytes: [UInt8]) -> Bool {
        let first = JSONParser.withoutMark(bytes[...]).first { !JSONParser.isBlank($0) }
        return first == UInt8(ascii: "{") || first == UInt8(ascii: "[")
    }
}
