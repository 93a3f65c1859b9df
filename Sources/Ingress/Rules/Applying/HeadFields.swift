package import HTTPWire

/// The fields of a head, for rules: with a copy of the octets, since rules may have to wait.
package struct HeadFields: RequestFields {
    private let octets: [UInt8]
    private let fields: FieldList

    /// `octets` are those that were parsed, at least up to the end of the head.
    package init(_ fields: FieldList, in octets: Span<UInt8>, length: Int) {
        self.fields = fields
        self.octets = (0..<length).map { octets[$0] }
    }

    package func values(of name: String) -> [[UInt8]] {
        let name = Array(name.utf8)
        var values: [[UInt8]] = []
        for index in 0..<fields.count where fields[index].isNamed(name.span, in: octets.span) {
            values.append(Array(octets[fields[index].valueRange]))
        }
        return values
    }
}
