/// Numbers by chance that cost no system call. Whoever sees many of them can tell the next: they are good for choosing
/// endpoints, and for nothing that is to be secret. SplitMix64 (Steele, Lea, Flood 2014).
struct QuickNumbers: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64 = .random(in: .min ... .max)) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var number = state
        number = (number ^ (number >> 30)) &* 0xbf58_476d_1ce4_e5b9
        number = (number ^ (number >> 27)) &* 0x94d0_49bb_1331_11eb
        return number ^ (number >> 31)
    }
}
