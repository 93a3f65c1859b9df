internal import CMnl
internal import CNftnl

extension Operation {
    /// Appends the messages of the operation. Nil if all could be written, else what could not.
    func write(to builder: inout MessageBuilder) -> String? {
        switch self {
        case .addTable: builder.table.write(.newTable, .create, to: &builder)
        case .wakeTable: builder.table.write(.newTable, [], to: &builder, flags: 0)
        case .deleteTable: builder.table.write(.deleteTable, [], to: &builder)
        case .createChain(let chain): chain.write(.newChain, [.create, .exclusive], to: &builder)
        case .setPolicy(let chain): chain.write(.newChain, .create, to: &builder)
        case .deleteChain(let name): Chain(name).write(.deleteChain, [], to: &builder)
        case .flushChain(let name): Rule(expressions: []).write(.deleteRule, [], to: &builder, name)
        case .addRule(let rule, let chain):
            if let kind = rule.expressions.first(where: { !$0.isWritable }) { return "\(kind) cannot be written" }
            rule.write(.newRule, [.create, .append], to: &builder, chain)
        case .createSet(let set): set.write([.create, .exclusive], to: &builder)
        case .flushSet(let name): ElementList(builder.table, name).write(.deleteElements, [], to: &builder)
        case .deleteSet(let name): SetDefinition.writeDeletion(of: name, to: &builder)
        case .addElements(let elements, let set):
            set.write(elements, .newElements, .create, to: &builder)
        case .deleteElements(let elements, let set):
            set.write(elements, .deleteElements, [], to: &builder)
        }
        return nil
    }
}

extension Expression {
    fileprivate var isWritable: Bool {
        switch self {
        case .unknown, .extensionMatch: false
        default: true
        }
    }
}

extension Table {
    fileprivate func write(
        _ type: Message,
        _ messageFlags: MessageFlags,
        to builder: inout MessageBuilder,
        flags: UInt32? = nil
    ) {
        guard let object = unsafe nftnl_table_alloc() else { return }
        defer { unsafe nftnl_table_free(object) }
        if let flags { unsafe nftnl_table_set_u32(object, UInt16(NFTNL_TABLE_FLAGS.rawValue), flags) }
        _ = unsafe nftnl_table_set_str(object, UInt16(NFTNL_TABLE_NAME.rawValue), name)
        unsafe builder.message(type, messageFlags) { unsafe nftnl_table_nlmsg_build_payload($0, object) }
    }
}

extension Chain {
    fileprivate func write(
        _ type: Message,
        _ flags: MessageFlags,
        to builder: inout MessageBuilder
    ) {
        guard let object = unsafe nftnl_chain_alloc() else { return }
        defer { unsafe nftnl_chain_free(object) }
        _ = unsafe nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_TABLE.rawValue), builder.table.name)
        _ = unsafe nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_NAME.rawValue), name)
        if let base {
            _ = unsafe nftnl_chain_set_str(object, UInt16(NFTNL_CHAIN_TYPE.rawValue), base.type.rawValue)
            unsafe nftnl_chain_set_u32(object, UInt16(NFTNL_CHAIN_HOOKNUM.rawValue), base.hook.rawValue)
            unsafe nftnl_chain_set_s32(object, UInt16(NFTNL_CHAIN_PRIO.rawValue), base.priority)
            unsafe nftnl_chain_set_u32(object, UInt16(NFTNL_CHAIN_POLICY.rawValue), base.policy.rawValue)
        }
        if let comment {
            var data = UserData()
            data.append(UserData.CommentType.chain, text: comment)
            let attribute = UInt16(NFTNL_CHAIN_USERDATA.rawValue)
            _ = unsafe nftnl_chain_set_data(object, attribute, data.bytes, UInt32(data.bytes.count))
        }
        unsafe builder.message(type, flags) { unsafe nftnl_chain_nlmsg_build_payload($0, object) }
    }
}

extension Rule {
    fileprivate func write(
        _ type: Message,
        _ flags: MessageFlags,
        to builder: inout MessageBuilder,
        _ chain: String
    ) {
        guard let object = unsafe nftnl_rule_alloc() else { return }
        defer { unsafe nftnl_rule_free(object) }
        _ = unsafe nftnl_rule_set_str(object, UInt16(NFTNL_RULE_TABLE.rawValue), builder.table.name)
        _ = unsafe nftnl_rule_set_str(object, UInt16(NFTNL_RULE_CHAIN.rawValue), chain)
        if let comment {
            var data = UserData()
            data.append(UserData.CommentType.rule, text: comment)
            let attribute = UInt16(NFTNL_RULE_USERDATA.rawValue)
            _ = unsafe nftnl_rule_set_data(object, attribute, data.bytes, UInt32(data.bytes.count))
        }
        for expression in expressions {
            // The rule owns what is added to it.
            if let part = expression.makeObject() { unsafe nftnl_rule_add_expr(object, part.pointer) }
        }
        unsafe builder.message(type, flags) { unsafe nftnl_rule_nlmsg_build_payload($0, object) }
    }
}

extension SetDefinition {
    fileprivate func write(_ flags: MessageFlags, to builder: inout MessageBuilder) {
        guard let object = unsafe nftnl_set_alloc() else { return }
        defer { unsafe nftnl_set_free(object) }
        let shape = shape
        unsafe Self.name(object, builder.table, name)
        func number(_ attribute: nftnl_set_attr, _ value: UInt32) {
            unsafe nftnl_set_set_u32(object, UInt16(attribute.rawValue), value)
        }
        number(NFTNL_SET_ID, UInt32(truncatingIfNeeded: builder.origin ?? 0) + 1)
        number(NFTNL_SET_FLAGS, shape.flags)
        number(NFTNL_SET_KEY_TYPE, shape.keyType)
        number(NFTNL_SET_KEY_LEN, shape.keyLength)
        if value != nil {
            number(NFTNL_SET_DATA_TYPE, shape.dataType)
            number(NFTNL_SET_DATA_LEN, shape.dataLength)
        }
        if let size { number(NFTNL_SET_DESC_SIZE, size) }
        if shape.isConcatenated {
            let lengths = key.map { UInt8($0.byteCount) }
            let attribute = UInt16(NFTNL_SET_DESC_CONCAT.rawValue)
            _ = unsafe nftnl_set_set_data(object, attribute, lengths, UInt32(lengths.count))
        }
        if let timeoutSeconds {
            unsafe nftnl_set_set_u64(object, UInt16(NFTNL_SET_TIMEOUT.rawValue), UInt64(timeoutSeconds) * 1000)
        }
        let attribute = UInt16(NFTNL_SET_USERDATA.rawValue)
        _ = unsafe nftnl_set_set_data(object, attribute, shape.userData, UInt32(shape.userData.count))
        unsafe builder.message(.newSet, flags) { unsafe nftnl_set_nlmsg_build_payload($0, object) }
    }

    fileprivate static func writeDeletion(
        of name: String,
        to builder: inout MessageBuilder
    ) {
        guard let object = unsafe nftnl_set_alloc() else { return }
        defer { unsafe nftnl_set_free(object) }
        unsafe Self.name(object, builder.table, name)
        unsafe builder.message(.deleteSet, []) { unsafe nftnl_set_nlmsg_build_payload($0, object) }
    }

    private static func name(_ object: OpaquePointer, _ table: Table, _ name: String) {
        _ = unsafe nftnl_set_set_str(object, UInt16(NFTNL_SET_TABLE.rawValue), table.name)
        _ = unsafe nftnl_set_set_str(object, UInt16(NFTNL_SET_NAME.rawValue), name)
    }

    fileprivate func write(
        _ elements: [SetElement],
        _ type: Message,
        _ flags: MessageFlags,
        to builder: inout MessageBuilder
    ) {
        var list = ElementList(builder.table, name)
        // A span lends its elements, where a list hands out a copy of each.
        let elements = elements.span
        for index in elements.indices {
            elements[index].forEachPart(of: self) { part, isEnd in
                if !list.append(part, isEnd: isEnd, withValue: type == .newElements) {
                    list.write(type, flags, to: &builder)
                    list = ElementList(builder.table, name)
                    _ = list.append(part, isEnd: isEnd, withValue: type == .newElements)
                }
            }
        }
        if !list.isEmpty { list.write(type, flags, to: &builder) }
    }
}
