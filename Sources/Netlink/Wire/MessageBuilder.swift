import CMnl
import NetworkTypes

/// A request as it is sent, whose sequence number is set when it is.
struct NetlinkMessage: Hashable, Sendable {
    private(set) var bytes: [UInt8]
    /// Whether everything fitted. An alias of megabytes does not.
    let isComplete: Bool

    /// Sets the number by which the reply is recognised.
    mutating func setSequence(_ sequence: UInt32) {
        // nlmsg_seq, in host byte order
        for (place, shift) in stride(from: 0, to: 32, by: 8).enumerated() {
            let byte = UInt8(truncatingIfNeeded: sequence.littleEndian >> UInt32(shift))
            bytes[8 + place] = byte
        }
    }
}

/// Puts a message together through libmnl: the netlink header, the family's header, then attributes.
@safe
struct MessageBuilder: ~Copyable {
    private let message: UnsafeMutablePointer<nlmsghdr>
    private let capacity: Int
    private var isComplete = true

    // No request of ours comes near this: the longest is a veth pair with an alias of 255 bytes.
    private static let capacity = 4096

    /// The message of that type whose family header is `header`, with the attributes that the closure puts.
    static func message(
        _ type: MessageType,
        _ flags: MessageFlags,
        header: some BitwiseCopyable,
        attributes: (inout MessageBuilder) -> Void = { _ in }
    ) -> NetlinkMessage {
        var isComplete = false
        // On the stack, and copied at its length: thousands of messages wait at once when a node joins a large cluster.
        let bytes = unsafe withUnsafeTemporaryAllocation(byteCount: capacity, alignment: 8) { buffer in
            // libmnl 1.0.4 leaves the padding of attributes as it finds it: whatever was on the stack would be sent.
            unsafe buffer.initializeMemory(as: UInt8.self, repeating: 0)
            guard let start = buffer.baseAddress, let message = unsafe mnl_nlmsg_put_header(start) else {
                return [UInt8]()
            }
            unsafe message.pointee.nlmsg_type = type.rawValue
            unsafe message.pointee.nlmsg_flags = flags.union(.request).rawValue
            var builder = unsafe MessageBuilder(message: message, capacity: capacity)
            builder.put(header: header)
            attributes(&builder)
            isComplete = builder.isComplete
            return unsafe [UInt8](buffer[..<Int(message.pointee.nlmsg_len)])
        }
        return NetlinkMessage(bytes: bytes, isComplete: isComplete)
    }

    private init(message: UnsafeMutablePointer<nlmsghdr>, capacity: Int) {
        unsafe self.message = unsafe message
        self.capacity = capacity
    }

    /// Puts the header of a message's family, or of the peer inside the data of a veth pair.
    mutating func put<Header: BitwiseCopyable>(header: Header) {
        let size = MemoryLayout<Header>.size
        guard Int(unsafe message.pointee.nlmsg_len) + size + 4 <= capacity,
            let place = unsafe mnl_nlmsg_put_extra_header(message, size)
        else {
            isComplete = false
            return
        }
        unsafe place.storeBytes(of: header, as: Header.self)
    }

    mutating func put(_ type: AttributeType, _ value: UInt8) {
        record(unsafe mnl_attr_put_u8_check(message, capacity, type.rawValue, value))
    }

    /// Puts a number in host byte order.
    mutating func put(_ type: AttributeType, _ value: UInt16) {
        record(unsafe mnl_attr_put_u16_check(message, capacity, type.rawValue, value))
    }

    /// Puts a number in host byte order.
    mutating func put(_ type: AttributeType, _ value: UInt32) {
        record(unsafe mnl_attr_put_u32_check(message, capacity, type.rawValue, value))
    }

    mutating func put(_ type: AttributeType, _ value: Bool) {
        put(type, value ? 1 : 0 as UInt8)
    }

    mutating func put(_ type: AttributeType, _ index: InterfaceIndex) {
        put(type, index.attributeValue)
    }

    mutating func put(_ type: AttributeType, _ bytes: [UInt8]) {
        // libmnl takes 16 bits of the length without a word.
        guard bytes.count < capacity else {
            isComplete = false
            return
        }
        record(
            unsafe bytes.withUnsafeBytes { buffer in
                unsafe mnl_attr_put_check(message, capacity, type.rawValue, buffer.count, buffer.baseAddress)
            }
        )
    }

    mutating func put(_ type: AttributeType, _ address: IPAddress) {
        put(type, address.bytes)
    }

    mutating func put(_ type: AttributeType, _ address: MACAddress) {
        put(type, address.bytes)
    }

    /// Puts text with the zero byte that the kernel expects at its end.
    mutating func put(_ type: AttributeType, _ text: String) {
        put(type, Array(text.utf8) + [0])
    }

    /// Puts an attribute without a value, whose presence is what it says.
    mutating func put(flag type: AttributeType) {
        put(type, [UInt8]())
    }

    /// Puts an attribute made of those that the closure puts.
    mutating func nest(_ type: AttributeType, _ attributes: (inout MessageBuilder) -> Void) {
        guard let start = unsafe mnl_attr_nest_start_check(message, capacity, type.rawValue) else {
            isComplete = false
            return
        }
        attributes(&self)
        unsafe mnl_attr_nest_end(message, start)
    }

    private mutating func record(_ fitted: Bool) {
        isComplete = isComplete && fitted
    }
}
