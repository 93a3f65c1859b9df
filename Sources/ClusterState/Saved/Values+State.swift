import NetworkTypes

extension String: StateCodable {
    static var blank: String { "" }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) { try coder.code(&self) }
}

extension Array: StateCodable where Element: StateCodable {
    static var blank: [Element] { [] }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        let count = try coder.count(count)
        guard coder.isReading else {
            for index in indices { try self[index].code(with: &coder) }
            return
        }
        // One by one: an element may take a hundred times the room in memory that the byte takes which stands for it.
        self = []
        for _ in 0..<count {
            var element = Element.blank
            try element.code(with: &coder)
            append(element)
        }
    }
}

extension UInt8: StateCodable {
    static var blank: UInt8 { 0 }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) { try coder.code(byte: &self) }
}

extension UInt16: StateCodable {
    static var blank: UInt16 { 0 }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) { try coder.code(&self, "16-bit number") }
}

extension UInt32: StateCodable {
    static var blank: UInt32 { 0 }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) { try coder.code(&self, "32-bit number") }
}

extension Int: StateCodable {
    static var blank: Int { 0 }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) { try coder.code(&self, "number") }
}

extension Int64: StateCodable {
    static var blank: Int64 { 0 }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) { try coder.code(&self, "number") }
}

extension Double: StateCodable {
    static var blank: Double { 0 }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) { try coder.code(&self) }
}

extension AddressFamily: StateCodable {
    static var blank: AddressFamily { .ipv4 }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        var number = UInt16(rawValue)
        try coder.code(&number)
        guard let family = UInt8(exactly: number).flatMap(AddressFamily.init(rawValue:)) else {
            throw StateCodingError("\(number) is no address family")
        }
        self = family
    }
}

extension IPAddress: StateCodable {
    static var blank: IPAddress { .v4(IPv4Address(rawValue: 0)) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        var (family, high, low) = (family, UInt64(number >> 64), UInt64(truncatingIfNeeded: number))
        try coder.code(&family)
        if family == .ipv6 { try coder.code(&high) }
        try coder.code(&low)
        self = IPAddress(family: family, number: UInt128(high) << 64 | UInt128(low))
    }
}

extension IPPrefix: StateCodable {
    static var blank: IPPrefix { IPPrefix(host: .blank) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        var (address, length) = (base, length)
        try coder.code(&address)
        try coder.code(&length)
        guard (0...address.family.bitWidth).contains(length) else {
            throw StateCodingError("\(length) is no prefix length")
        }
        self = IPPrefix(containing: address, length: length)
    }
}

extension MACAddress: StateCodable {
    static var blank: MACAddress { MACAddress(rawValue: 0) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        var number = rawValue
        try coder.code(&number)
        guard number >> 48 == 0 else { throw StateCodingError("\(number) is no hardware address") }
        self = MACAddress(rawValue: number)
    }
}

extension PerFamily: StateCodable where Value: StateCodable {
    static var blank: PerFamily<Value> { PerFamily() }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&v4)
        try coder.code(&v6)
    }
}

extension ObjectMetadata: StateCodable {
    static var blank: ObjectMetadata { ObjectMetadata(name: "") }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&name)
        try coder.code(&namespace)
        try coder.code(&labels)
        try coder.code(&annotations)
        try coder.code(&createdAt)
    }
}

extension StructuredValue: StateCodable {
    static var blank: StructuredValue { .null }

    private enum Form: String {
        case null, boolean, integer, number, string, array, object
    }

    private var form: Form {
        switch self {
        case .null: .null
        case .boolean: .boolean
        case .integer: .integer
        case .number: .number
        case .string: .string
        case .array: .array
        case .object: .object
        }
    }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.descend()
        defer { coder.ascend() }
        var form = form
        try coder.code(choice: &form)
        switch form {
        case .null: self = .null
        case .boolean:
            var value = if case .boolean(let known) = self { known } else { false }
            try coder.code(&value)
            self = .boolean(value)
        case .integer:
            var value = if case .integer(let known) = self { known } else { Int64(0) }
            try coder.code(&value)
            self = .integer(value)
        case .number:
            var value = if case .number(let known) = self { known } else { 0.0 }
            try coder.code(&value)
            self = .number(value)
        case .string:
            var value = if case .string(let known) = self { known } else { "" }
            try coder.code(&value)
            self = .string(value)
        case .array:
            var value = if case .array(let known) = self { known } else { [StructuredValue]() }
            try coder.code(&value)
            self = .array(value)
        case .object:
            var value = if case .object(let known) = self { known } else { [String: StructuredValue]() }
            try coder.code(&value)
            self = .object(value)
        }
    }
}
