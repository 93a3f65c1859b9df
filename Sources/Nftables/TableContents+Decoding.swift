internal import CMnl
internal import CNftnl

// What libnftnl reads out of the messages of a dump. Each takes one message; nil is one of another table, or one that
// libnftnl cannot read.

extension ReceivedMessage {
    /// Lends the message to libnftnl.
    fileprivate func withHeader<Result>(_ body: (UnsafePointer<nlmsghdr>) -> Result) -> Result? {
        unsafe bytes.withUnsafeBytes { buffer in
            unsafe buffer.baseAddress.map { unsafe body($0.assumingMemoryBound(to: nlmsghdr.self)) }
        }
    }
}

extension Chain {
    /// The chain, and whether there is something about it that cannot be a plan's.
    static func read(_ message: ReceivedMessage, of table: Table) -> (chain: Chain, isStrange: Bool)? {
        guard let object = unsafe nftnl_chain_alloc() else { return nil }
        defer { unsafe nftnl_chain_free(object) }
        func has(_ attribute: nftnl_chain_attr) -> Bool {
            unsafe nftnl_chain_is_set(object, UInt16(attribute.rawValue))
        }
        func text(_ attribute: nftnl_chain_attr) -> String? {
            guard let text = unsafe nftnl_chain_get_str(object, UInt16(attribute.rawValue)) else { return nil }
            return unsafe String(cString: text)
        }
        func number(_ attribute: nftnl_chain_attr) -> UInt32 {
            unsafe nftnl_chain_get_u32(object, UInt16(attribute.rawValue))
        }
        guard unsafe message.withHeader({ unsafe nftnl_chain_nlmsg_parse($0, object) }) == 0,
            text(NFTNL_CHAIN_TABLE) == table.name, let name = text(NFTNL_CHAIN_NAME)
        else { return nil }
        var chain = Chain(name)
        var length: UInt32 = 0
        if let data = unsafe nftnl_chain_get_data(object, UInt16(NFTNL_CHAIN_USERDATA.rawValue), &length) {
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: Int(length)))
            chain.comment = UserData.text(UserData.CommentType.chain, in: bytes)
        }
        guard has(NFTNL_CHAIN_HOOKNUM) else { return (chain, false) }
        guard let type = text(NFTNL_CHAIN_TYPE).flatMap({ ChainType(rawValue: $0) }),
            let hook = Hook(rawValue: number(NFTNL_CHAIN_HOOKNUM)),
            let policy = ChainPolicy(rawValue: number(NFTNL_CHAIN_POLICY))
        else { return (chain, true) }
        let priority = unsafe nftnl_chain_get_s32(object, UInt16(NFTNL_CHAIN_PRIO.rawValue))
        chain.base = BaseChain(type, hook, priority: priority, policy: policy)
        return (chain, false)
    }
}

extension Rule {
    /// A rule as the kernel reports it. One with an expression that libnftnl does not know is one unknown expression.
    struct Found {
        var rule: Rule
        var chain: String
        /// What the rule's last counter has counted; nil if there is none.
        var counter: (packets: UInt64, bytes: UInt64)?
    }

    static func read(_ message: ReceivedMessage, of table: Table) -> Found? {
        // The library may stop at an expression before it has read which chain it is: ask the attributes.
        guard message.attributes.text(1) == table.name, let chain = message.attributes.text(2) else { return nil }
        guard let object = unsafe nftnl_rule_alloc() else { return nil }
        defer { unsafe nftnl_rule_free(object) }
        guard unsafe message.withHeader({ unsafe nftnl_rule_nlmsg_parse($0, object) }) == 0,
            let iterator = unsafe nftnl_expr_iter_create(object)
        else { return Found(rule: Rule(expressions: [.unknown("not read by libnftnl")]), chain: chain) }
        defer { unsafe nftnl_expr_iter_destroy(iterator) }
        var found = Found(rule: Rule(expressions: []), chain: chain)
        while let expression = unsafe nftnl_expr_iter_next(iterator) {
            let object = unsafe ExpressionObject(expression)
            found.rule.expressions.append(Expression(object))
            if let counter = object.counter { found.counter = counter }
        }
        var length: UInt32 = 0
        if let data = unsafe nftnl_rule_get_data(object, UInt16(NFTNL_RULE_USERDATA.rawValue), &length) {
            let bytes = unsafe Array(UnsafeRawBufferPointer(start: data, count: Int(length)))
            found.rule.comment = UserData.text(UserData.CommentType.rule, in: bytes)
        }
        return found
    }
}

extension HeldSet {
    /// The set without its elements. Anonymous sets are part of the rules that use them and are left out, unless they are
    /// asked for.
    static func read(_ message: ReceivedMessage, of table: Table, anonymous: Bool = false) -> HeldSet? {
        guard let object = unsafe nftnl_set_alloc() else { return nil }
        defer { unsafe nftnl_set_free(object) }
        func number(_ attribute: nftnl_set_attr) -> UInt32 {
            let attribute = UInt16(attribute.rawValue)
            return unsafe nftnl_set_is_set(object, attribute) ? nftnl_set_get_u32(object, attribute) : 0
        }
        func text(_ attribute: nftnl_set_attr) -> String? {
            guard let text = unsafe nftnl_set_get_str(object, UInt16(attribute.rawValue)) else { return nil }
            return unsafe String(cString: text)
        }
        guard unsafe message.withHeader({ unsafe nftnl_set_nlmsg_parse($0, object) }) == 0,
            text(NFTNL_SET_TABLE) == table.name, let name = text(NFTNL_SET_NAME),
            anonymous || number(NFTNL_SET_FLAGS) & SetFlag.anonymous == 0
        else { return nil }
        let dataType = number(NFTNL_SET_DATA_TYPE)
        var milliseconds: UInt64 = 0
        if unsafe nftnl_set_is_set(object, UInt16(NFTNL_SET_TIMEOUT.rawValue)) {
            milliseconds = unsafe nftnl_set_get_u64(object, UInt16(NFTNL_SET_TIMEOUT.rawValue))
        }
        var length: UInt32 = 0
        var userData: [UInt8] = []
        if let data = unsafe nftnl_set_get_data(object, UInt16(NFTNL_SET_USERDATA.rawValue), &length) {
            userData = unsafe Array(UnsafeRawBufferPointer(start: data, count: Int(length)))
        }
        let shape = SetShape(
            flags: number(NFTNL_SET_FLAGS),
            keyType: number(NFTNL_SET_KEY_TYPE),
            keyLength: number(NFTNL_SET_KEY_LEN),
            dataType: dataType,
            // The kernel reports the size of its own form of a verdict.
            dataLength: dataType == SetDefinition.verdictType ? 0 : number(NFTNL_SET_DATA_LEN),
            timeoutSeconds: UInt32(clamping: milliseconds / 1000),
            size: number(NFTNL_SET_DESC_SIZE),
            userData: userData
        )
        return HeldSet(name: name, shape: shape, elements: nil)
    }
}

extension ElementPart {
    /// The parts of elements that the message lists.
    static func read(_ message: ReceivedMessage) -> [ElementPart] {
        guard let object = unsafe nftnl_set_alloc() else { return [] }
        defer { unsafe nftnl_set_free(object) }
        guard unsafe message.withHeader({ unsafe nftnl_set_elems_nlmsg_parse($0, object) }) == 0,
            let iterator = unsafe nftnl_set_elems_iter_create(object)
        else { return [] }
        defer { unsafe nftnl_set_elems_iter_destroy(iterator) }
        var parts: [ElementPart] = []
        while let element = unsafe nftnl_set_elems_iter_next(iterator) {
            parts.append(unsafe ElementPart(reading: element))
        }
        return parts
    }
}
