/// What an OPT record says (RFC 6891 section 6.1). Flags other than DO are not kept: they must be zero.
package struct EDNS: Hashable, Sendable {
    /// The largest UDP payload that the sender takes, in octets. Values under 512 count as 512.
    package var payloadSize: UInt16
    /// 0 is all there is.
    package var version: UInt8
    /// DO: records of DNSSEC are wanted (RFC 3225).
    package var dnssecOK: Bool
    package var options: [EDNSOption]

    package init(payloadSize: UInt16, version: UInt8 = 0, dnssecOK: Bool = false, options: [EDNSOption] = []) {
        self.payloadSize = payloadSize
        self.version = version
        self.dnssecOK = dnssecOK
        self.options = options
    }
}
