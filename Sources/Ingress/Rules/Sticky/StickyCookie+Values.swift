import Crypto

extension StickyCookie {
    /// The name of the cookie if the settings name none. `service` is the service's name as metrics have it:
    /// `default-web-80@kubernetes`.
    package static func defaultName(for service: String) -> String {
        "_" + hexadecimal(Insecure.SHA1.hash(data: Array("_TRAEFIK_BACKEND_\(service)".utf8))).prefix(5)
    }

    /// The value that stands for an endpoint, by its URL: `http://10.42.0.7:8080`.
    package static func value(for url: String) -> String {
        String(hexadecimal(SHA256.hash(data: Array(url.utf8))).prefix(16))
    }

    /// The values that earlier versions of Traefik have given out: the URL, its FNV-64 hash, and the hash of that.
    static func oldValues(for url: String) -> [String] {
        let hash = String(fnv(url), radix: 16)
        return [url, hash, String(fnv(hash), radix: 16)]
    }

    /// FNV-1, 64 bits.
    private static func fnv(_ text: String) -> UInt64 {
        text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 &* 0x100_0000_01b3) ^ UInt64($1) }
    }

    private static func hexadecimal(_ digest: some Sequence<UInt8>) -> String {
        digest.map { $0 < 16 ? "0\(String($0, radix: 16))" : String($0, radix: 16) }.joined()
    }
}
