internal import NetworkTypes

/// What a register holds, while a rule is written as text.
struct LoadedField {
    var text: String
    var format: FieldFormat
    /// The size of the whole field; fewer bytes of it are a prefix.
    var byteCount: Int
    /// The bits that a mask leaves, if it leaves the first ones.
    var prefixLength: Int?
    /// The bits that a mask leaves, if they are anywhere.
    var mask: [UInt8]?
    /// The value, if it is a constant.
    var constant: [UInt8]?

    init(text: String, format: FieldFormat, byteCount: Int) {
        self.text = text
        self.format = format
        self.byteCount = byteCount
    }

    init(selecting selector: Selector) {
        self.init(text: selector.description, format: selector.format, byteCount: selector.byteCount)
    }

    init(_ field: PayloadField, transport: TransportProtocol?) {
        let known: Selector? =
            switch (field.header, field.offset) {
            case (.network, 12) where field.length <= 4: .ip4(.source)
            case (.network, 16) where field.length <= 4: .ip4(.destination)
            case (.network, 8): .ip6(.source)
            case (.network, 24): .ip6(.destination)
            case (.transport, 0) where field.length == 2: .port(.source)
            case (.transport, 2) where field.length == 2: .port(.destination)
            default: nil
            }
        guard let known else {
            let header = ["ll", "nh", "th"][Int(field.header.rawValue)]
            let text = "@\(header),\(field.offset * 8),\(field.length * 8)"
            self.init(text: text, format: .raw, byteCount: Int(field.length))
            return
        }
        self.init(selecting: known)
        if case .port = known, let transport, [.tcp, .udp, .sctp].contains(transport) {
            text = "\(transport) " + text.dropFirst(3)
        }
    }

    init(_ key: MetaKey) {
        switch key {
        case .mark: self.init(selecting: .mark)
        case .inputInterfaceName: self.init(selecting: .inputInterface)
        case .outputInterfaceName: self.init(selecting: .outputInterface)
        case .networkProtocol: self.init(selecting: .networkProtocol)
        case .transportProtocol: self.init(selecting: .l4proto)
        case .inputInterface: self.init(text: "meta iif", format: .decimal, byteCount: 4)
        case .outputInterface: self.init(text: "meta oif", format: .decimal, byteCount: 4)
        default: self.init(text: "meta \(key.rawValue)", format: .raw, byteCount: 4)
        }
    }

    init(_ key: ConntrackKey, _ direction: ConntrackDirection?) {
        let prefix = direction.map { "ct \($0)" } ?? "ct"
        switch key {
        case .state: self.init(text: "\(prefix) state", format: .connectionState, byteCount: 4)
        case .status: self.init(text: "\(prefix) status", format: .connectionStatus, byteCount: 4)
        case .mark: self.init(text: "\(prefix) mark", format: .hexadecimal, byteCount: 4)
        case .direction: self.init(text: "\(prefix) direction", format: .raw, byteCount: 1)
        case .originalDestinationPort: self.init(text: "\(prefix) proto-dst", format: .port, byteCount: 2)
        case .originalDestinationIPv4: self.init(selecting: .originalDestination(.ipv4))
        case .originalDestinationIPv6: self.init(selecting: .originalDestination(.ipv6))
        default: self.init(text: "\(prefix) \(key.rawValue)", format: .raw, byteCount: 4)
        }
    }

    init(_ result: FIBResult, _ flags: FIBFlags) {
        let names = ["saddr", "daddr", "mark", "iif", "oif"]
        let keys = names.enumerated().filter { flags.rawValue & 1 << UInt32($0.offset) != 0 }.map(\.element)
        let what = [FIBResult.interface: "oif", .interfaceName: "oifname"][result] ?? "type"
        let format: FieldFormat = result == .addressType ? .addressType : .decimal
        self.init(text: "fib \(keys.joined(separator: " . ")) \(what)", format: format, byteCount: 4)
    }

    /// Makes the field `(field & mask) ^ xor`.
    mutating func apply(mask: [UInt8], xor: [UInt8]) {
        let changes = xor.contains { $0 != 0 }
        switch format {
        case .address:
            prefixLength = mask.reduce(0) { $0 + $1.nonzeroBitCount }
        case .connectionState, .connectionStatus:
            self.mask = mask
        default:
            let format = format
            let keepsAll = mask.allSatisfy { $0 == 0xff }
            if !keepsAll { text += " & \(format.text(mask))" }
            if changes { text = keepsAll ? "\(text) ^ \(format.text(xor))" : "(\(text)) ^ \(format.text(xor))" }
        }
    }

    /// The test that compares the field with the data.
    func comparison(_ comparison: Comparison, _ data: [UInt8]) -> String {
        if let mask, comparison == .notEqual, data.allSatisfy({ $0 == 0 }) { return "\(text) \(format.text(mask))" }
        let sign = ["== ", "!= ", "< ", "<= ", "> ", ">= "][Int(comparison.rawValue)]
        let short = comparison == .equal && !text.contains("&") ? "" : sign
        guard case .address(let family) = format else { return "\(text) \(short)\(format.text(data))" }
        let missing = max(0, family.byteCount - data.count)
        let length = missing > 0 ? data.count * 8 : prefixLength
        let address = format.text(data + Array(repeating: 0, count: missing))
        return "\(text) \(short)\(address)" + (length.map { "/\($0)" } ?? "")
    }
}
