import Supervision
import Testing

@Suite struct FirstFewTests {
    static let rows: [(numbers: [Int], most: Int, text: String)] = [
        ([], 3, ""), ([1], 3, "1"), ([1, 2, 3], 3, "1; 2; 3"), ([1, 2, 3, 4], 3, "1; 2; 3; and 1 more"),
        ([1, 2, 3, 4], 1, "1; and 3 more"),
    ]

    @Test(arguments: rows)
    func `the first few are told, and how many are left`(numbers: [Int], most: Int, text: String) {
        #expect(numbers.firstFew(most) == text)
    }

    @Test func `another separator stands before the rest, too`() {
        #expect([1, 2, 3].firstFew(2, joinedBy: ", ") == "1, 2, and 1 more")
    }
}
