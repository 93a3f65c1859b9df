/// Asks every 25 ms until the condition holds. Returns whether it did within the limit.
@discardableResult
func eventually(within limit: Duration = .seconds(20), _ holds: () async -> Bool) async -> Bool {
    let clock = ContinuousClock()
    let start = clock.now
    while clock.now - start < limit {
        if await holds() { return true }
        try? await Task.sleep(for: .milliseconds(25))
    }
    return false
}
