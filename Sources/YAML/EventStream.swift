internal import CYaml

/// A step in the reading of a YAML text.
enum Event {
    case documentStart
    case documentEnd
    case streamEnd
    case alias(String)
    case scalar(YAMLScalar, anchor: String?)
    case sequenceStart(anchor: String?)
    case sequenceEnd
    case mappingStart(anchor: String?)
    case mappingEnd
}

/// libyaml's parser over a copy of the text.
@safe final class EventStream {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>
    private let bytes: [UInt8]

    init(_ bytes: [UInt8]) throws(YAMLError) {
        self.bytes = bytes
        unsafe parser = .allocate(capacity: 1)
        unsafe input = .allocate(capacity: bytes.count)
        _ = unsafe input.initialize(from: bytes)
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            // The deinit deletes the parser: an empty one is safe to delete.
            unsafe parser.initialize(to: yaml_parser_t())
            throw YAMLError(at: .start, "no memory for the parser")
        }
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next event with the place where it begins.
    func next() throws(YAMLError) -> (event: Event, position: YAMLPosition) {
        while true {
            var raw = unsafe yaml_event_t()
            guard unsafe yaml_parser_parse(parser, &raw) == 1 else { throw failure() }
            defer { unsafe yaml_event_delete(&raw) }
            let position = unsafe Self.position(raw.start_mark)
            if let event = unsafe try Self.event(raw, at: position) { return (event, position) }
        }
    }

    private static func event(_ raw: yaml_event_t, at position: YAMLPosition) throws(YAMLError) -> Event? {
        switch unsafe raw.type {
        case YAML_STREAM_END_EVENT, YAML_NO_EVENT: .streamEnd
        case YAML_DOCUMENT_START_EVENT: .documentStart
        case YAML_DOCUMENT_END_EVENT: .documentEnd
        case YAML_ALIAS_EVENT: .alias(unsafe string(raw.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT: unsafe try scalar(raw, at: position)
        case YAML_SEQUENCE_START_EVENT: .sequenceStart(anchor: unsafe string(raw.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: .sequenceEnd
        case YAML_MAPPING_START_EVENT: .mappingStart(anchor: unsafe string(raw.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: .mappingEnd
        default: nil
        }
    }

    private static func scalar(_ raw: yaml_event_t, at position: YAMLPosition) throws(YAMLError) -> Event {
        let scalar = unsafe raw.data.scalar
        let value = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
        let text = unsafe String(decoding: value, as: UTF8.self)
        let isQuoted = unsafe scalar.style != YAML_PLAIN_SCALAR_STYLE
        switch unsafe string(scalar.tag) {
        case nil: return .scalar(YAMLScalar(text, isQuoted: isQuoted), anchor: unsafe string(scalar.anchor))
        case "tag:yaml.org,2002:str", "tag:yaml.org,2002:binary", "!":
            return .scalar(YAMLScalar(text, isQuoted: true), anchor: unsafe string(scalar.anchor))
        case "tag:yaml.org,2002:int", "tag:yaml.org,2002:float", "tag:yaml.org,2002:bool", "tag:yaml.org,2002:null":
            return .scalar(YAMLScalar(text, isQuoted: false), anchor: unsafe string(scalar.anchor))
        case let tag?: throw YAMLError(at: position, "the tag \(tag) means nothing here")
        }
    }

    private static func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? {
        guard let text = unsafe text else { return nil }
        return unsafe String(cString: text)
    }

    private static func position(_ mark: yaml_mark_t) -> YAMLPosition {
        YAMLPosition(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }

    /// What libyaml found wrong. Its reader knows only the offset of a bad byte, not the line.
    private func failure() -> YAMLError {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "not readable as YAML"
        switch unsafe parser.pointee.error {
        case YAML_MEMORY_ERROR: return YAMLError(at: .start, "no memory for the text")
        case YAML_READER_ERROR:
            return unsafe YAMLError(at: place(after: Int(clamping: parser.pointee.problem_offset)), problem)
        default:
            let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) + ", " } ?? ""
            // At the end of the text libyaml may count one line too many.
            let position = unsafe min(Self.position(parser.pointee.problem_mark), place(after: bytes.count))
            return YAMLError(at: position, context + problem)
        }
    }

    /// The place behind the first `count` bytes, or behind the last line if they end with it.
    private func place(after count: Int) -> YAMLPosition {
        let newline = UInt8(ascii: "\n")
        var before = bytes.prefix(count)
        if count >= bytes.count, before.last == newline { before.removeLast() }
        let line = before.count { $0 == newline } + 1
        return YAMLPosition(line: line, column: before.reversed().prefix { $0 != newline }.count + 1)
    }
}
