import Metrics

/// Which text of the ConfigMap `coredns-custom` is in effect, and how often there was one that is not.
struct ReloadFigures: Hashable, Sendable {
    /// The same wherever the same text is in effect.
    let hash: UInt64
    let failures: UInt64

    /// As CoreDNS exports it of its Corefile.
    var families: [MetricFamily] {
        let digits = String(hash, radix: 16)
        let value = String(repeating: "0", count: 16 - digits.count) + digits
        return [
            MetricFamily(
                "coredns_reload_version_info",
                .gauge,
                "A metric with a constant '1' value labeled by hash, and value which type of hash generated.",
                [MetricSample([MetricLabel("hash", "fnv1a64"), MetricLabel("value", value)], 1.0)]
            ),
            MetricFamily(
                "coredns_reload_failed_total",
                .counter,
                "Counter of the number of failed reload attempts.",
                failures
            ),
        ]
    }

    /// The hash of keys and their texts (FNV-1a, 64 bits), in the order of the keys.
    static func hash(of texts: [String: String]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        // No UTF-8 has this octet: so no text passes for the beginning of the next.
        let end: [UInt8] = [0xff]
        for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
            for octet in key.utf8 + end + text.utf8 + end { hash = (hash ^ UInt64(octet)) &* 0x100_0000_01b3 }
        }
        return hash
    }
}
