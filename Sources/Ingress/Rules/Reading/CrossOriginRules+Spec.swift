extension CrossOriginRules {
    /// Nil if nothing of the kind is set.
    init?(_ fields: inout SpecReader) throws(SpecFault) {
        allowsCredentials = try fields.flag("accessControlAllowCredentials")
        headers = try fields.words("accessControlAllowHeaders")
        methods = try fields.words("accessControlAllowMethods")
        origins = try fields.words("accessControlAllowOriginList")
        exposedHeaders = try fields.words("accessControlExposeHeaders")
        maxAge = try fields.integer("accessControlMaxAge")
        addsVary = try fields.flag("addVaryHeader")
        guard self != CrossOriginRules() else { return nil }
    }
}

extension SpecReader {
    /// Texts that stand in a field's value, between commas.
    fileprivate mutating func words(_ name: String) throws(SpecFault) -> [String] {
        var words: [String] = []
        for text in try texts(name).map({ $0.trimmed }) {
            guard !text.isEmpty, FieldSyntax.isValue(text.utf8) else {
                throw fault(name, "'\(text)' is no word that a field can have; correct it")
            }
            words.append(text)
        }
        return words
    }
}
