internal import CNftnl

extension Expression {
    /// The expression as an object of libnftnl, which the caller hands to a rule; nil if it cannot be written.
    func makeObject() -> ExpressionObject? {
        switch self {
        case .payload(let field, let register):
            ExpressionObject("payload")?
                .set(NFTNL_EXPR_PAYLOAD_DREG, register)
                .set(NFTNL_EXPR_PAYLOAD_BASE, field.header.rawValue)
                .set(NFTNL_EXPR_PAYLOAD_OFFSET, field.offset)
                .set(NFTNL_EXPR_PAYLOAD_LEN, field.length)
        case .meta(let key, let register):
            ExpressionObject("meta")?.set(NFTNL_EXPR_META_KEY, key.rawValue).set(NFTNL_EXPR_META_DREG, register)
        case .setMeta(let key, let register):
            ExpressionObject("meta")?.set(NFTNL_EXPR_META_KEY, key.rawValue).set(NFTNL_EXPR_META_SREG, register)
        case .conntrack(let key, let direction, let register):
            ExpressionObject("ct")?
                .set(NFTNL_EXPR_CT_KEY, key.rawValue)
                .set(NFTNL_EXPR_CT_DREG, register)
                .set(NFTNL_EXPR_CT_DIR, byte: direction?.rawValue)
        case .setConntrack(let key, let register):
            ExpressionObject("ct")?.set(NFTNL_EXPR_CT_KEY, key.rawValue).set(NFTNL_EXPR_CT_SREG, register)
        case .compare(let register, let comparison, let data):
            ExpressionObject("cmp")?
                .set(NFTNL_EXPR_CMP_SREG, register)
                .set(NFTNL_EXPR_CMP_OP, comparison.rawValue)
                .set(NFTNL_EXPR_CMP_DATA, data: data)
        case .range(let register, let isNegated, let from, let to):
            ExpressionObject("range")?
                .set(NFTNL_EXPR_RANGE_SREG, register)
                .set(NFTNL_EXPR_RANGE_OP, isNegated ? 1 : 0)
                .set(NFTNL_EXPR_RANGE_FROM_DATA, data: from)
                .set(NFTNL_EXPR_RANGE_TO_DATA, data: to)
        case .bitwise(let from, let into, let mask, let xor):
            ExpressionObject("bitwise")?
                .set(NFTNL_EXPR_BITWISE_SREG, from)
                .set(NFTNL_EXPR_BITWISE_DREG, into)
                .set(NFTNL_EXPR_BITWISE_LEN, UInt32(mask.count))
                .set(NFTNL_EXPR_BITWISE_MASK, data: mask)
                .set(NFTNL_EXPR_BITWISE_XOR, data: xor)
        case .lookup(let set, let key, let into, let isNegated):
            ExpressionObject("lookup")?
                .set(NFTNL_EXPR_LOOKUP_SREG, key)
                .set(NFTNL_EXPR_LOOKUP_DREG, into)
                .set(NFTNL_EXPR_LOOKUP_SET, text: set)
                .set(NFTNL_EXPR_LOOKUP_FLAGS, isNegated ? 1 : nil as UInt32?)
        case .immediate(let data, let register):
            ExpressionObject("immediate")?.set(NFTNL_EXPR_IMM_DREG, register).set(NFTNL_EXPR_IMM_DATA, data: data)
        default:
            makeActionObject() ?? makeGeneratorObject()
        }
    }

    private func makeActionObject() -> ExpressionObject? {
        switch self {
        case .verdict(let verdict):
            ExpressionObject("immediate")?
                .set(NFTNL_EXPR_IMM_DREG, Register.verdict)
                .set(NFTNL_EXPR_IMM_VERDICT, UInt32(bitPattern: verdict.code))
                .set(NFTNL_EXPR_IMM_CHAIN, text: verdict.chain)
        case .counter:
            ExpressionObject("counter")
        case .nat(let nat):
            ExpressionObject("nat")?
                .set(NFTNL_EXPR_NAT_TYPE, nat.kind.rawValue)
                .set(NFTNL_EXPR_NAT_FAMILY, UInt32(nat.family.rawValue))
                .set(NFTNL_EXPR_NAT_REG_ADDR_MIN, nat.address)
                .set(NFTNL_EXPR_NAT_REG_PROTO_MIN, nat.port)
                .set(NFTNL_EXPR_NAT_FLAGS, nat.flags.attribute)
        case .masquerade(let flags):
            ExpressionObject("masq")?.set(NFTNL_EXPR_MASQ_FLAGS, flags.attribute)
        case .redirect(let port, let flags):
            ExpressionObject("redir")?
                .set(NFTNL_EXPR_REDIR_REG_PROTO_MIN, port)
                .set(NFTNL_EXPR_REDIR_FLAGS, flags.attribute)
        case .reject(let rejection):
            ExpressionObject("reject")?
                .set(NFTNL_EXPR_REJECT_TYPE, rejection.type)
                .set(NFTNL_EXPR_REJECT_CODE, byte: rejection.code)
        case .notrack:
            ExpressionObject("notrack")
        case .log(let prefix):
            ExpressionObject("log")?.set(NFTNL_EXPR_LOG_PREFIX, text: prefix)
        case .limit(let limit):
            ExpressionObject("limit")?
                .set(NFTNL_EXPR_LIMIT_RATE, wide: limit.packets)
                .set(NFTNL_EXPR_LIMIT_UNIT, wide: limit.seconds)
                .set(NFTNL_EXPR_LIMIT_BURST, limit.burst)
                .set(NFTNL_EXPR_LIMIT_TYPE, 0)
                .set(NFTNL_EXPR_LIMIT_FLAGS, limit.isOver ? 1 : 0)
        case .object(let type, let name):
            ExpressionObject("objref")?.set(NFTNL_EXPR_OBJREF_IMM_TYPE, type).set(
                NFTNL_EXPR_OBJREF_IMM_NAME,
                text: name
            )
        default:
            nil
        }
    }

    private func makeGeneratorObject() -> ExpressionObject? {
        switch self {
        case .fib(let result, let flags, let register):
            ExpressionObject("fib")?
                .set(NFTNL_EXPR_FIB_DREG, register)
                .set(NFTNL_EXPR_FIB_RESULT, result.rawValue)
                .set(NFTNL_EXPR_FIB_FLAGS, flags.rawValue)
        case .numgen(let generator, let register):
            ExpressionObject("numgen")?
                .set(NFTNL_EXPR_NG_DREG, register)
                .set(NFTNL_EXPR_NG_MODULUS, generator.modulus)
                .set(NFTNL_EXPR_NG_TYPE, generator.kind.rawValue)
                .set(NFTNL_EXPR_NG_OFFSET, generator.offset)
        case .hash(let from, let length, let modulus, let seed, let offset, let register):
            ExpressionObject("hash")?
                .set(NFTNL_EXPR_HASH_SREG, from)
                .set(NFTNL_EXPR_HASH_DREG, register)
                .set(NFTNL_EXPR_HASH_LEN, length)
                .set(NFTNL_EXPR_HASH_MODULUS, modulus)
                .set(NFTNL_EXPR_HASH_SEED, seed)
                .set(NFTNL_EXPR_HASH_OFFSET, offset)
                .set(NFTNL_EXPR_HASH_TYPE, 0)
        case .dynamicSet(let update):
            ExpressionObject("dynset")?
                .set(NFTNL_EXPR_DYNSET_SREG_KEY, update.key)
                .set(NFTNL_EXPR_DYNSET_SREG_DATA, update.data)
                .set(NFTNL_EXPR_DYNSET_OP, update.action.rawValue)
                .set(NFTNL_EXPR_DYNSET_TIMEOUT, wide: update.timeoutSeconds.map { UInt64($0) * 1000 })
                .set(NFTNL_EXPR_DYNSET_SET_NAME, text: update.set)
        default:
            nil
        }
    }
}

extension TranslationFlags {
    /// An attribute of no flags is not sent, as the kernel does not report it.
    fileprivate var attribute: UInt32? { isEmpty ? nil : rawValue }
}

extension Rejection {
    /// NFT_REJECT_*
    fileprivate var type: UInt32 {
        switch self {
        case .portUnreachable, .administrativelyProhibited: 2
        case .tcpReset: 1
        case .other(let type, _): type
        }
    }

    /// NFT_REJECT_ICMPX_*
    fileprivate var code: UInt8 {
        switch self {
        case .portUnreachable: 1
        case .administrativelyProhibited: 3
        case .tcpReset: 0
        case .other(_, let code): code
        }
    }

    /// The rejection that the kernel reports so.
    init(type: UInt32, code: UInt8) {
        switch (type, code) {
        case (2, 1): self = .portUnreachable
        case (2, 3): self = .administrativelyProhibited
        case (1, _): self = .tcpReset
        default: self = .other(type: type, code: code)
        }
    }
}
