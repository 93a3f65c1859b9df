internal import CMnl
internal import CNftnl

/// What the kernel calls an element: for a set of intervals, the start of one, or the first key behind it.
struct ElementPart: Hashable {
    var element: SetElement
    /// The key is the first one behind an interval (NFT_SET_ELEM_INTERVAL_END).
    var isEnd: Bool

    var key: [UInt8] { element.key }
}

extension SetElement {
    /// Calls `body` with what the element is written as in this set, and whether that is the end of an interval.
    func forEachPart(of set: SetDefinition, _ body: (_ part: SetElement, _ isEnd: Bool) -> Void) {
        guard set.isInterval else { return body(self, false) }
        var first = self
        first.end = set.isConcatenated ? end ?? key : nil
        body(first, false)
        // An interval that reaches the last key has no end.
        guard !set.isConcatenated, let behind = (end ?? key).successor else { return }
        body(SetElement(key: behind), true)
    }

    /// The elements that these parts stand for, in the order of their keys.
    static func elements(of parts: [ElementPart], shape: SetShape) -> [SetElement] {
        guard shape.isInterval, !shape.isConcatenated else { return parts.map { SetElement($0, end: $0.element.end) } }
        let sorted = parts.sorted { left, right in
            // Of two intervals that meet, the end of the lower one comes first.
            left.key == right.key ? left.isEnd && !right.isEnd : left.key.lexicographicallyPrecedes(right.key)
        }
        var elements: [SetElement] = []
        for (index, part) in sorted.enumerated() where !part.isEnd {
            let next = index + 1 < sorted.count ? sorted[index + 1] : nil
            let last = Array(repeating: UInt8.max, count: part.key.count)
            elements.append(SetElement(part, end: next?.key.predecessor ?? last))
        }
        return elements
    }

    private init(_ part: ElementPart, end: [UInt8]?) {
        self.init(
            key: part.key,
            end: end,
            value: part.element.value,
            timeoutSeconds: part.element.timeoutSeconds,
            comment: part.element.comment
        )
    }
}

extension [UInt8] {
    /// The next number of as many bytes, or nil after the last one.
    fileprivate var successor: [UInt8]? {
        var result = self
        for index in indices.reversed() {
            result[index] &+= 1
            if result[index] != 0 { return result }
        }
        return nil
    }

    /// The number before it of as many bytes, or nil before the first one.
    fileprivate var predecessor: [UInt8]? {
        var result = self
        for index in indices.reversed() {
            result[index] &-= 1
            if result[index] != 0xff { return result }
        }
        return nil
    }
}

/// Elements to go into one message: as many as surely fit.
@safe struct ElementList: ~Copyable {
    private let set: OpaquePointer?
    private var size = 0
    private(set) var isEmpty = true

    /// Far below the 64 KiB that a nested attribute can hold.
    private static let largestSize = 32 * 1024

    init(_ table: Table, _ name: String) {
        unsafe set = nftnl_set_alloc()
        guard let set = unsafe set else { return }
        _ = unsafe nftnl_set_set_str(set, UInt16(NFTNL_SET_TABLE.rawValue), table.name)
        _ = unsafe nftnl_set_set_str(set, UInt16(NFTNL_SET_NAME.rawValue), name)
    }

    deinit {
        if let set = unsafe set { unsafe nftnl_set_free(set) }
    }

    /// Adds the part unless the message would get too long: then false.
    mutating func append(_ part: SetElement, isEnd: Bool, withValue: Bool) -> Bool {
        // Attribute headers and padding of an element with everything are less than 100 bytes.
        let estimate = 100 + part.key.count + (part.end?.count ?? 0) + part.valueSize + (part.comment?.utf8.count ?? 0)
        guard isEmpty || size + estimate <= Self.largestSize else { return false }
        guard let set = unsafe set, let element = unsafe nftnl_set_elem_alloc() else { return true }
        size += estimate
        isEmpty = false
        unsafe part.fill(element, isEnd: isEnd, withValue: withValue)
        unsafe nftnl_set_elem_add(set, element)
        return true
    }

    func write(_ type: Message, _ flags: MessageFlags, to builder: inout MessageBuilder) {
        guard let set = unsafe set else { return }
        unsafe builder.message(type, flags) { unsafe nftnl_set_elems_nlmsg_build_payload($0, set) }
    }
}

extension SetElement {
    fileprivate var valueSize: Int {
        switch value {
        case nil: 0
        case .verdict(let verdict): 16 + (verdict.chain?.utf8.count ?? 0)
        case .data(let data): data.count
        }
    }

    fileprivate func fill(_ element: OpaquePointer, isEnd: Bool, withValue: Bool) {
        func set(_ attribute: Int, _ data: [UInt8]) {
            _ = unsafe nftnl_set_elem_set(element, UInt16(attribute), data, UInt32(data.count))
        }
        set(Int(NFTNL_SET_ELEM_KEY), key)
        if let end { set(Int(NFTNL_SET_ELEM_KEY_END), end) }
        if isEnd { unsafe nftnl_set_elem_set_u32(element, UInt16(NFTNL_SET_ELEM_FLAGS), 1) }
        guard withValue else { return }
        switch value {
        case nil: break
        case .data(let data): set(Int(NFTNL_SET_ELEM_DATA), data)
        case .verdict(let verdict):
            unsafe nftnl_set_elem_set_u32(
                element,
                UInt16(NFTNL_SET_ELEM_VERDICT),
                UInt32(bitPattern: verdict.code)
            )
            if let chain = verdict.chain {
                _ = unsafe nftnl_set_elem_set_str(element, UInt16(NFTNL_SET_ELEM_CHAIN), chain)
            }
        }
        if let timeoutSeconds {
            unsafe nftnl_set_elem_set_u64(
                element,
                UInt16(NFTNL_SET_ELEM_TIMEOUT),
                UInt64(timeoutSeconds) * 1000
            )
        }
        if let comment {
            var data = UserData()
            data.append(UserData.CommentType.element, text: comment)
            set(Int(NFTNL_SET_ELEM_USERDATA), data.bytes)
        }
    }

}

extension ElementPart {
    /// The part that libnftnl read.
    init(reading element: OpaquePointer) {
        func has(_ attribute: some BinaryInteger) -> Bool {
            unsafe nftnl_set_elem_is_set(element, UInt16(attribute))
        }
        func data(_ attribute: some BinaryInteger) -> [UInt8]? {
            var length: UInt32 = 0
            guard has(attribute), let bytes = unsafe nftnl_set_elem_get(element, UInt16(attribute), &length) else {
                return nil
            }
            return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: Int(length)))
        }
        var value: SetElement.Value?
        if has(NFTNL_SET_ELEM_VERDICT) {
            let code = Int32(bitPattern: unsafe nftnl_set_elem_get_u32(element, UInt16(NFTNL_SET_ELEM_VERDICT)))
            let name = unsafe nftnl_set_elem_get_str(element, UInt16(NFTNL_SET_ELEM_CHAIN))
            let chain = unsafe name.map { unsafe String(cString: $0) }
            value = Verdict(code: code, chain: chain).map { .verdict($0) }
        } else if let data = data(NFTNL_SET_ELEM_DATA) {
            value = .data(data)
        }
        var timeoutSeconds: UInt32?
        if has(NFTNL_SET_ELEM_TIMEOUT) {
            let milliseconds = unsafe nftnl_set_elem_get_u64(element, UInt16(NFTNL_SET_ELEM_TIMEOUT))
            timeoutSeconds = UInt32(clamping: milliseconds / 1000)
        }
        self.element = SetElement(
            key: data(NFTNL_SET_ELEM_KEY) ?? [],
            end: data(NFTNL_SET_ELEM_KEY_END),
            value: value,
            timeoutSeconds: timeoutSeconds,
            comment: data(NFTNL_SET_ELEM_USERDATA).flatMap { UserData.text(UserData.CommentType.element, in: $0) }
        )
        isEnd = false
        if has(NFTNL_SET_ELEM_FLAGS) {
            isEnd = unsafe nftnl_set_elem_get_u32(element, UInt16(NFTNL_SET_ELEM_FLAGS)) & 1 != 0
        }
    }
}
