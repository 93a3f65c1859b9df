/// Reads the lines between a first line and a body: fields, up to the empty line.
enum FieldSection {
    /// What came of reading one line.
    private enum Outcome {
        /// A field was appended; the next line begins here.
        case field(next: Int)
        /// The empty line was read; what follows begins here.
        case end(next: Int)
        /// The octets end within the line.
        case short
        case bad(HeadFault)
        /// It is too much, whatever follows.
        case refused(HeadFault)
    }

    /// Reads on to the end of the section, or what there is of it. Complete is the section; what its fields say is still to be
    /// looked at.
    ///
    /// - Parameter resumption: where to leave what the next call for the same head needs.
    @inline(__always)
    static func read(
        _ octets: Span<UInt8>,
        _ place: inout HeadPlace,
        _ limits: HeadLimits,
        _ names: FieldNameTable,
        into fields: inout FieldList,
        _ resumption: inout Int
    ) -> HeadProgress {
        while true {
            let fault: HeadFault
            switch readLine(octets, place, limits, names, into: &fields) {
            case .field(let next):
                place.lineStart = next
                continue
            case .end(let next): return .complete(length: next)
            case .refused(let fault): return .refused(fault)
            case .short: fault = .fieldName
            case .bad(let found): fault = found
            }
            return place.settle(octets, fault, limit: limits.fields, excess: .longFields, &resumption)
        }
    }

    @inline(__always)
    private static func readLine(
        _ octets: Span<UInt8>,
        _ place: HeadPlace,
        _ limits: HeadLimits,
        _ names: FieldNameTable,
        into fields: inout FieldList
    ) -> Outcome {
        let start = place.lineStart
        guard start < octets.count else { return .short }
        if octets[start] == Octet.carriageReturn {
            guard start &+ 1 < octets.count else { return .short }
            guard octets[start &+ 1] == Octet.lineFeed else { return .bad(.bareCarriageReturn) }
            return start &+ 2 &- place.sectionStart > limits.fields ? .refused(.longFields) : .end(next: start &+ 2)
        }
        guard start &- place.sectionStart < limits.fields else { return .refused(.longFields) }
        guard fields.count < limits.fieldCount else { return .bad(.tooManyFields) }
        switch FieldLine.read(octets, at: start, names, into: &fields) {
        case .short: return .short
        case .bad(let fault): return .bad(fault)
        case .read(let next):
            return next &- place.sectionStart > limits.fields ? .refused(.longFields) : .field(next: next)
        }
    }
}
