/// A DNS message (RFC 1035 section 4), decoded whole. For everything but the path on which cluster names are answered.
package struct Message: Hashable, Sendable {
    package var id: UInt16
    package var opcode: Opcode
    package var flags: HeaderFlags
    /// All twelve bits, with those of the OPT record. Without one, codes over 15 are written as SERVFAIL.
    package var code: ResponseCode
    /// One in every message that means something (RFC 9619).
    package var questions: [Question]
    package var answers: [ResourceRecord]
    package var authorities: [ResourceRecord]
    /// Without the OPT record.
    package var additionals: [ResourceRecord]
    /// What the OPT record says, or nil if there is none.
    package var edns: EDNS?

    package init(
        id: UInt16,
        opcode: Opcode = .query,
        flags: HeaderFlags = [],
        code: ResponseCode = .noError,
        questions: [Question],
        answers: [ResourceRecord] = [],
        authorities: [ResourceRecord] = [],
        additionals: [ResourceRecord] = [],
        edns: EDNS? = nil
    ) {
        self.id = id
        self.opcode = opcode
        self.flags = flags
        self.code = code
        self.questions = questions
        self.answers = answers
        self.authorities = authorities
        self.additionals = additionals
        self.edns = edns
    }
}
