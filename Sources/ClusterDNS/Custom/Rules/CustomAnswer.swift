import DNSWire

/// An answer that a rule gives.
struct CustomAnswer: Hashable, Sendable {
    var code = ResponseCode.noError
    var answers: [ResourceRecord] = []
    var authorities: [ResourceRecord] = []
    var additionals: [ResourceRecord] = []
    var extendedError: EDNSOption?
    /// What the last answer leads to, if what is there belongs behind it.
    var target: DNSName?
}
