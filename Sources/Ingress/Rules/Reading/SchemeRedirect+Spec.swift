extension SchemeRedirect {
    /// `spec.redirectScheme`
    init(_ fields: inout SpecReader) throws(SpecFault) {
        guard let text = try fields.text("scheme"), let scheme = Scheme(rawValue: text) else {
            throw fields.fault("scheme", "write http or https")
        }
        self.init(scheme: scheme, port: try fields.port("port"), isPermanent: try fields.flag("permanent"))
    }
}

extension SpecReader {
    /// A port by number, between quotes or not; nil if none is written.
    fileprivate mutating func port(_ name: String) throws(SpecFault) -> UInt16? {
        guard let text = try text(name), !text.isEmpty else { return nil }
        guard let port = UInt16(text), port > 0 else { throw fault(name, "write a port's number, 1 to 65535") }
        return port
    }
}
