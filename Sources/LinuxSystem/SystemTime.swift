internal import Glibc

/// The wall clock, for what people and other machines read. Durations are measured by `ContinuousClock`.
package enum SystemTime {
    /// Seconds since 1970.
    package static func now() -> Double {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    /// The time since boot by CLOCK_BOOTTIME, which counts on while the machine sleeps and which nobody can set.
    package static func sinceBoot() -> Duration {
        var time = timespec()
        unsafe clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }
}
