extension Duration {
    /// As people and logs read it, in seconds with three decimals at most: `30 s`, `1.25 s`, `0.004 s`.
    package var inSeconds: String {
        let (seconds, attoseconds) = components
        let milliseconds = seconds * 1000 + (attoseconds + 500_000_000_000_000) / 1_000_000_000_000_000
        var decimals = String(milliseconds % 1000 + 1000).dropFirst()
        while decimals.last == "0" { decimals.removeLast() }
        return decimals.isEmpty ? "\(milliseconds / 1000) s" : "\(milliseconds / 1000).\(decimals) s"
    }
}
