/// Turns values into bytes and bytes into the same values. One description of a type serves both ways, so that they cannot
/// differ: `code` writes what it is given, or puts in its place what it reads.
///
/// Numbers take seven bits a byte, the lowest first; texts and lists begin with their length.
struct StateCoder {
    private(set) var bytes: [UInt8]
    private var position: Int
    private var depth = 0
    let isReading: Bool

    /// How deep values of values may be nested: more than any source delivers, and far less than a stack holds.
    static let greatestDepth = 250

    /// A coder that writes.
    init() {
        bytes = []
        position = 0
        isReading = false
    }

    /// A coder that reads.
    init(reading bytes: [UInt8]) {
        self.bytes = bytes
        position = 0
        isReading = true
    }

    /// Whether a reader has come to the end.
    var isAtEnd: Bool { position == bytes.count }

    mutating func code(_ number: inout UInt64) throws(StateCodingError) {
        guard isReading else {
            var rest = number
            while rest > 0x7f {
                bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
                rest >>= 7
            }
            bytes.append(UInt8(truncatingIfNeeded: rest))
            return
        }
        number = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            let byte = try nextByte()
            number |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return }
        }
        throw StateCodingError("a number has no end")
    }

    /// - Parameter what: what the number is, for the error that a number out of range is.
    mutating func code<Number: FixedWidthInteger>(_ number: inout Number, _ what: String) throws(StateCodingError) {
        var wide = UInt64(bitPattern: Int64(truncatingIfNeeded: number))
        try code(&wide)
        let read = Number.isSigned ? Number(exactly: Int64(bitPattern: wide)) : Number(exactly: wide)
        guard let narrow = read else {
            throw StateCodingError("\(wide) is no \(what)")
        }
        number = narrow
    }

    mutating func code(byte: inout UInt8) throws(StateCodingError) {
        if isReading { byte = try nextByte() } else { bytes.append(byte) }
    }

    mutating func code(_ flag: inout Bool) throws(StateCodingError) {
        guard isReading else {
            bytes.append(flag ? 1 : 0)
            return
        }
        flag = try nextByte() != 0
    }

    mutating func code(_ number: inout Double) throws(StateCodingError) {
        var pattern = number.bitPattern
        try code(&pattern)
        number = Double(bitPattern: pattern)
    }

    mutating func code(_ text: inout String) throws(StateCodingError) {
        var content: [UInt8] = isReading ? [] : Array(text.utf8)
        try code(&content)
        guard isReading else { return }
        guard let read = String(validating: content, as: UTF8.self) else {
            throw StateCodingError("a text is not UTF-8")
        }
        text = read
    }

    mutating func code(_ content: inout [UInt8]) throws(StateCodingError) {
        let count = try count(content.count)
        guard isReading else {
            bytes.append(contentsOf: content)
            return
        }
        content = Array(bytes[position..<(position + count)])
        position += count
    }

    /// One of the cases of an enumeration, by its raw value.
    mutating func code<Choice: RawRepresentable<String>>(choice: inout Choice) throws(StateCodingError) {
        var text = choice.rawValue
        try code(&text)
        guard let read = Choice(rawValue: text) else { throw StateCodingError("'\(text)' is no \(Choice.self)") }
        choice = read
    }

    mutating func code<Value: StateCodable>(_ value: inout Value) throws(StateCodingError) {
        try value.code(with: &self)
    }

    mutating func code<Value: StateCodable>(_ value: inout Value?) throws(StateCodingError) {
        var isThere = value != nil
        try code(&isThere)
        guard isThere else {
            value = nil
            return
        }
        var content = value ?? .blank
        try content.code(with: &self)
        value = content
    }

    mutating func code<Value: StateCodable>(_ values: inout [String: Value]) throws(StateCodingError) {
        let count = try count(values.count)
        guard isReading else {
            for (key, value) in values {
                var (key, value) = (key, value)
                try code(&key)
                try value.code(with: &self)
            }
            return
        }
        values = [:]
        for _ in 0..<count {
            var (key, value) = ("", Value.blank)
            try code(&key)
            try value.code(with: &self)
            values[key] = value
        }
    }

    /// How many elements follow. Each takes a byte at least, so that no number makes a reader run out of memory.
    mutating func count(_ known: Int) throws(StateCodingError) -> Int {
        var count = UInt64(known)
        try code(&count)
        guard !isReading || count <= UInt64(bytes.count - position) else {
            throw StateCodingError("\(count) elements do not fit")
        }
        return Int(count)
    }

    /// Begins a value that may hold others of its kind.
    mutating func descend() throws(StateCodingError) {
        guard depth < Self.greatestDepth || !isReading else {
            throw StateCodingError("values are nested more than \(Self.greatestDepth) deep")
        }
        depth += 1
    }

    /// Ends it.
    mutating func ascend() { depth -= 1 }

    private mutating func nextByte() throws(StateCodingError) -> UInt8 {
        guard position < bytes.count else { throw StateCodingError("it ends too early") }
        position += 1
        return bytes[position - 1]
    }
}

/// A value that a `StateCoder` can write and read.
protocol StateCodable {
    /// Any value, which reading replaces.
    static var blank: Self { get }

    /// Writes this value, or replaces it by what is read.
    mutating func code(with coder: inout StateCoder) throws(StateCodingError)
}

/// Bytes that no coder wrote.
struct StateCodingError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
