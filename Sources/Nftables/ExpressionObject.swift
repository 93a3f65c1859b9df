internal import CNftnl

/// libnftnl's object for one expression, to be filled or read. Does not own it: a rule does.
@safe struct ExpressionObject {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    /// A new one of this kind, or nil if libnftnl does not know the kind. Whoever makes it hands it to a rule.
    init?(_ kind: String) {
        guard let pointer = unsafe nftnl_expr_alloc(kind) else { return nil }
        unsafe self.pointer = pointer
    }

    var kind: String { text(NFTNL_EXPR_NAME) ?? "" }
}

// MARK: - Filling

extension ExpressionObject {
    @discardableResult
    func set(_ attribute: some BinaryInteger, _ number: UInt32?) -> Self {
        if let number { unsafe nftnl_expr_set_u32(pointer, UInt16(attribute), number) }
        return self
    }

    @discardableResult
    func set(_ attribute: some BinaryInteger, _ register: Register?) -> Self {
        set(attribute, register?.rawValue)
    }

    @discardableResult
    func set(_ attribute: some BinaryInteger, byte: UInt8?) -> Self {
        if let byte { unsafe nftnl_expr_set_u8(pointer, UInt16(attribute), byte) }
        return self
    }

    @discardableResult
    func set(_ attribute: some BinaryInteger, wide number: UInt64?) -> Self {
        if let number { unsafe nftnl_expr_set_u64(pointer, UInt16(attribute), number) }
        return self
    }

    @discardableResult
    func set(_ attribute: some BinaryInteger, text: String?) -> Self {
        if let text { _ = unsafe nftnl_expr_set_str(pointer, UInt16(attribute), text) }
        return self
    }

    @discardableResult
    func set(_ attribute: some BinaryInteger, data: [UInt8]) -> Self {
        _ = unsafe nftnl_expr_set(pointer, UInt16(attribute), data, UInt32(data.count))
        return self
    }
}

// MARK: - Reading

extension ExpressionObject {
    func has(_ attribute: some BinaryInteger) -> Bool {
        unsafe nftnl_expr_is_set(pointer, UInt16(attribute))
    }

    /// The number of this attribute; 0 if it is absent, which is what the kernel means by that.
    func number(_ attribute: some BinaryInteger) -> UInt32 {
        has(attribute) ? unsafe nftnl_expr_get_u32(pointer, UInt16(attribute)) : 0
    }

    func byte(_ attribute: some BinaryInteger) -> UInt8 {
        has(attribute) ? unsafe nftnl_expr_get_u8(pointer, UInt16(attribute)) : 0
    }

    func wide(_ attribute: some BinaryInteger) -> UInt64 {
        has(attribute) ? unsafe nftnl_expr_get_u64(pointer, UInt16(attribute)) : 0
    }

    func register(_ attribute: some BinaryInteger) -> Register {
        Register(rawValue: number(attribute))
    }

    func optionalRegister(_ attribute: some BinaryInteger) -> Register? {
        has(attribute) ? register(attribute) : nil
    }

    func text(_ attribute: some BinaryInteger) -> String? {
        guard has(attribute), let text = unsafe nftnl_expr_get_str(pointer, UInt16(attribute)) else { return nil }
        return unsafe String(cString: text)
    }

    func data(_ attribute: some BinaryInteger) -> [UInt8] {
        var length: UInt32 = 0
        guard has(attribute), let bytes = unsafe nftnl_expr_get(pointer, UInt16(attribute), &length) else { return [] }
        return unsafe Array(UnsafeRawBufferPointer(start: bytes, count: Int(length)))
    }
}
