/// What came of reading a head.
package enum HeadProgress: Hashable, Sendable {
    /// It goes on behind the octets that there are.
    case incomplete
    /// The head is there, and has this many octets.
    case complete(length: Int)
    /// These are no octets to go on with: answer with the fault's status, and close.
    case refused(HeadFault)
    /// The client speaks HTTP/2 at once (RFC 9113 section 3.4): the 24 octets of the preface are there, unread.
    case http2Preface
}
