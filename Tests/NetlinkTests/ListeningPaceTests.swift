import Testing

@testable import Netlink

@Suite struct ListeningPaceTests {
    /// Milliseconds waited for each batch, and rested after it.
    @Test(arguments: [
        ("a single change", [5000], [10]),
        ("changes after silences", [5000, 20, 100, 700], [10, 10, 10, 10]),
        ("one change after another", [5000, 12, 3, 0, 19, 0], [10, 20, 40, 50, 50, 50]),
        ("a silence between two storms", [5000, 0, 0, 0, 0, 20, 0], [10, 20, 40, 50, 50, 10, 20]),
        ("a change at once", [0, 0], [10, 20]),
    ])
    func `rests are short after a silence and longer while there is always more`(
        _ case: (what: String, waited: [Int], rested: [Int])
    ) {
        var pace = ListeningPace()
        let rests = `case`.waited.map { pace.pause(afterWaiting: .milliseconds($0)) }
        #expect(rests == `case`.rested.map { .milliseconds($0) }, "\(`case`.what)")
    }
}
