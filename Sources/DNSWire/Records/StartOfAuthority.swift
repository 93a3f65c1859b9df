/// The data of an SOA record (RFC 1035 section 3.3.13).
package struct StartOfAuthority: Hashable, Sendable {
    /// The zone's first name server.
    package var primary: DNSName
    /// The mailbox of who is responsible, its `@` written as the first dot.
    package var mailbox: DNSName
    /// The version of the zone, compared as RFC 1982 says.
    package var serial: UInt32
    /// After how many seconds a copy is to be checked.
    package var refresh: UInt32
    /// After how many seconds a failed check is to be repeated.
    package var retry: UInt32
    /// After how many seconds an unchecked copy is no longer served.
    package var expire: UInt32
    /// The upper limit, in seconds, of how long it may be remembered that something does not exist (RFC 2308 section 4).
    package var minimum: UInt32

    package init(
        primary: DNSName,
        mailbox: DNSName,
        serial: UInt32,
        refresh: UInt32,
        retry: UInt32,
        expire: UInt32,
        minimum: UInt32
    ) {
        self.primary = primary
        self.mailbox = mailbox
        self.serial = serial
        self.refresh = refresh
        self.retry = retry
        self.expire = expire
        self.minimum = minimum
    }
}

extension StartOfAuthority: CustomStringConvertible {
    package var description: String {
        "\(primary) \(mailbox) \(serial) \(refresh) \(retry) \(expire) \(minimum)"
    }
}
