/// The mark by which requests are known that go in a circle (CDN-Loop, RFC 8586). Who leaves for a name outside the cluster
/// gets it. Other proxies pass it on, and it counts whoever sends it: at worst a client has a request of its own refused.
enum LoopMark {
    /// In lower case.
    static let fieldName = "cdn-loop"
    /// What is written.
    static let field: StaticString = "CDN-Loop: linnet\r\n"
    /// How often a request may have left so: ingresses of several clusters may stand one behind the other.
    static let most = 10

    private static let name = Array("linnet".utf8)

    /// How often a request has left.
    static func count(in fields: some RequestFields) -> Int {
        let values = fields.values(of: fieldName).flatMap { $0.split(separator: UInt8(ascii: ",")) }
        return values.count { value in
            value.prefix { $0 != UInt8(ascii: ";") }.split { $0 == 0x20 || $0 == 0x09 } == [name[...]]
        }
    }
}
