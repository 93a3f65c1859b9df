extension PrefixStrip {
    /// `spec.stripPrefix`
    init(_ fields: inout SpecReader) throws(SpecFault) {
        var prefixes: [[UInt8]] = []
        for text in try fields.texts("prefixes") {
            let prefix = text.trimmed
            guard prefix.hasPrefix("/"), prefix.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7f }) else {
                throw fields.fault("prefixes", "'\(prefix)' is no beginning of a path; write /LIKE/THIS")
            }
            // As the paths are that it is compared with.
            prefixes.append(RulePath(prefix, mergesSlashes: false).octets)
        }
        if try fields.flag("forceSlash") {
            fields.remark("forceSlash", "this option is going away in Traefik too; paths begin with / in any case")
        }
        if prefixes.isEmpty { fields.remark("prefixes", "nothing is listed, so nothing is stripped") }
        self.init(prefixes: prefixes)
    }
}
