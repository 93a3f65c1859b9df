internal import CNftnl

extension Expression {
    /// The expression that the kernel reported. What is not modelled becomes `unknown`, with its kind.
    init(_ object: ExpressionObject) {
        self = Self.match(object) ?? Self.action(object) ?? Self.generator(object) ?? Self.foreign(object)
    }

    /// What no plan contains.
    private static func foreign(_ object: ExpressionObject) -> Expression {
        switch object.kind {
        case "match":
            .extensionMatch(
                ExtensionMatch(
                    object.text(NFTNL_EXPR_MT_NAME) ?? "",
                    revision: object.number(NFTNL_EXPR_MT_REV),
                    info: object.data(NFTNL_EXPR_MT_INFO)
                )
            )
        case "target": .unknown("target \(object.text(NFTNL_EXPR_TG_NAME) ?? "")")
        default: .unknown(object.kind)
        }
    }

    private static func match(_ object: ExpressionObject) -> Expression? {
        switch object.kind {
        case "payload":
            guard !object.has(NFTNL_EXPR_PAYLOAD_SREG),
                let header = PayloadField.Header(rawValue: object.number(NFTNL_EXPR_PAYLOAD_BASE))
            else { return nil }
            let field = PayloadField(
                header,
                offset: object.number(NFTNL_EXPR_PAYLOAD_OFFSET),
                length: object.number(NFTNL_EXPR_PAYLOAD_LEN)
            )
            return .payload(field, into: object.register(NFTNL_EXPR_PAYLOAD_DREG))
        case "meta":
            let key = MetaKey(rawValue: object.number(NFTNL_EXPR_META_KEY))
            if let source = object.optionalRegister(NFTNL_EXPR_META_SREG) { return .setMeta(key, from: source) }
            return .meta(key, into: object.register(NFTNL_EXPR_META_DREG))
        case "ct":
            let key = ConntrackKey(rawValue: object.number(NFTNL_EXPR_CT_KEY))
            if let source = object.optionalRegister(NFTNL_EXPR_CT_SREG) { return .setConntrack(key, from: source) }
            let direction =
                object.has(NFTNL_EXPR_CT_DIR) ? ConntrackDirection(rawValue: object.byte(NFTNL_EXPR_CT_DIR)) : nil
            return .conntrack(key, direction: direction, into: object.register(NFTNL_EXPR_CT_DREG))
        case "cmp":
            guard let comparison = Comparison(rawValue: object.number(NFTNL_EXPR_CMP_OP)) else { return nil }
            return .compare(object.register(NFTNL_EXPR_CMP_SREG), comparison, object.data(NFTNL_EXPR_CMP_DATA))
        case "range":
            return .range(
                object.register(NFTNL_EXPR_RANGE_SREG),
                isNegated: object.number(NFTNL_EXPR_RANGE_OP) == 1,
                from: object.data(NFTNL_EXPR_RANGE_FROM_DATA),
                to: object.data(NFTNL_EXPR_RANGE_TO_DATA)
            )
        case "bitwise":
            // The other operations are shifts.
            guard object.number(NFTNL_EXPR_BITWISE_OP) == 0 else { return nil }
            return .bitwise(
                from: object.register(NFTNL_EXPR_BITWISE_SREG),
                into: object.register(NFTNL_EXPR_BITWISE_DREG),
                mask: object.data(NFTNL_EXPR_BITWISE_MASK),
                xor: object.data(NFTNL_EXPR_BITWISE_XOR)
            )
        case "lookup":
            return .lookup(
                set: object.text(NFTNL_EXPR_LOOKUP_SET) ?? "",
                key: object.register(NFTNL_EXPR_LOOKUP_SREG),
                into: object.optionalRegister(NFTNL_EXPR_LOOKUP_DREG),
                isNegated: object.number(NFTNL_EXPR_LOOKUP_FLAGS) & 1 != 0
            )
        default:
            return nil
        }
    }

    private static func action(_ object: ExpressionObject) -> Expression? {
        switch object.kind {
        case "immediate":
            guard object.has(NFTNL_EXPR_IMM_VERDICT) else {
                return .immediate(object.data(NFTNL_EXPR_IMM_DATA), into: object.register(NFTNL_EXPR_IMM_DREG))
            }
            let code = Int32(bitPattern: object.number(NFTNL_EXPR_IMM_VERDICT))
            return Verdict(code: code, chain: object.text(NFTNL_EXPR_IMM_CHAIN)).map { .verdict($0) }
        case "counter":
            return .counter
        case "nat":
            return translation(object)
        case "masq":
            guard !object.has(NFTNL_EXPR_MASQ_REG_PROTO_MIN) else { return nil }
            return .masquerade(.stated(object.number(NFTNL_EXPR_MASQ_FLAGS)))
        case "redir":
            return .redirect(
                port: object.optionalRegister(NFTNL_EXPR_REDIR_REG_PROTO_MIN),
                .stated(object.number(NFTNL_EXPR_REDIR_FLAGS))
            )
        case "reject":
            return .reject(
                Rejection(type: object.number(NFTNL_EXPR_REJECT_TYPE), code: object.byte(NFTNL_EXPR_REJECT_CODE))
            )
        case "notrack":
            return .notrack
        case "log":
            guard !object.has(NFTNL_EXPR_LOG_GROUP) else { return nil }
            return .log(prefix: object.text(NFTNL_EXPR_LOG_PREFIX) ?? "")
        case "limit":
            guard object.number(NFTNL_EXPR_LIMIT_TYPE) == 0 else { return nil }
            return .limit(
                RateLimit(
                    packets: object.wide(NFTNL_EXPR_LIMIT_RATE),
                    seconds: object.wide(NFTNL_EXPR_LIMIT_UNIT),
                    burst: object.number(NFTNL_EXPR_LIMIT_BURST),
                    isOver: object.number(NFTNL_EXPR_LIMIT_FLAGS) & 1 != 0
                )
            )
        case "objref":
            guard let name = object.text(NFTNL_EXPR_OBJREF_IMM_NAME) else { return nil }
            return .object(type: object.number(NFTNL_EXPR_OBJREF_IMM_TYPE), name: name)
        default:
            return nil
        }
    }

    private static func translation(_ object: ExpressionObject) -> Expression? {
        let address = object.optionalRegister(NFTNL_EXPR_NAT_REG_ADDR_MIN)
        let port = object.optionalRegister(NFTNL_EXPR_NAT_REG_PROTO_MIN)
        // A rule that gives one register gets it reported as both ends of a range.
        let lastAddress = object.optionalRegister(NFTNL_EXPR_NAT_REG_ADDR_MAX) ?? address
        let lastPort = object.optionalRegister(NFTNL_EXPR_NAT_REG_PROTO_MAX) ?? port
        guard let kind = NetworkTranslation.Kind(rawValue: object.number(NFTNL_EXPR_NAT_TYPE)),
            let family = UInt8(exactly: object.number(NFTNL_EXPR_NAT_FAMILY)),
            lastAddress == address, lastPort == port
        else { return nil }
        let flags = TranslationFlags.stated(object.number(NFTNL_EXPR_NAT_FLAGS))
        return .nat(
            NetworkTranslation(kind, family: TableFamily(rawValue: family), address: address, port: port, flags: flags)
        )
    }

    private static func generator(_ object: ExpressionObject) -> Expression? {
        switch object.kind {
        case "fib":
            guard let result = FIBResult(rawValue: object.number(NFTNL_EXPR_FIB_RESULT)) else { return nil }
            let flags = FIBFlags(rawValue: object.number(NFTNL_EXPR_FIB_FLAGS))
            return .fib(result, flags, into: object.register(NFTNL_EXPR_FIB_DREG))
        case "numgen":
            guard let kind = NumberGenerator.Kind(rawValue: object.number(NFTNL_EXPR_NG_TYPE)) else { return nil }
            let generator = NumberGenerator(
                kind,
                modulus: object.number(NFTNL_EXPR_NG_MODULUS),
                offset: object.number(NFTNL_EXPR_NG_OFFSET)
            )
            return .numgen(generator, into: object.register(NFTNL_EXPR_NG_DREG))
        case "hash":
            // Type 1 hashes the connection, not a register.
            guard object.number(NFTNL_EXPR_HASH_TYPE) == 0 else { return nil }
            return .hash(
                from: object.register(NFTNL_EXPR_HASH_SREG),
                length: object.number(NFTNL_EXPR_HASH_LEN),
                modulus: object.number(NFTNL_EXPR_HASH_MODULUS),
                seed: object.has(NFTNL_EXPR_HASH_SEED) ? object.number(NFTNL_EXPR_HASH_SEED) : nil,
                offset: object.number(NFTNL_EXPR_HASH_OFFSET),
                into: object.register(NFTNL_EXPR_HASH_DREG)
            )
        case "dynset":
            guard !object.has(NFTNL_EXPR_DYNSET_EXPRESSIONS), !object.has(NFTNL_EXPR_DYNSET_EXPR),
                let action = DynamicSetUpdate.Action(rawValue: object.number(NFTNL_EXPR_DYNSET_OP))
            else { return nil }
            let milliseconds = object.wide(NFTNL_EXPR_DYNSET_TIMEOUT)
            return .dynamicSet(
                DynamicSetUpdate(
                    action,
                    set: object.text(NFTNL_EXPR_DYNSET_SET_NAME) ?? "",
                    key: object.register(NFTNL_EXPR_DYNSET_SREG_KEY),
                    data: object.optionalRegister(NFTNL_EXPR_DYNSET_SREG_DATA),
                    timeoutSeconds: milliseconds == 0 ? nil : UInt32(clamping: milliseconds / 1000)
                )
            )
        default:
            return nil
        }
    }
}

extension TranslationFlags {
    /// The stated flags among those that the kernel reports.
    fileprivate static func stated(_ reported: UInt32) -> TranslationFlags {
        TranslationFlags(rawValue: reported).intersection(.stated)
    }
}
