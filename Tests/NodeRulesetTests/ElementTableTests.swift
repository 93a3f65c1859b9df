import Nftables
import NodeRuleset
import Testing

/// Keys are addresses in 10.43.0.0/24.
@Suite struct ElementTableTests {
    private func element(_ last: UInt8, _ comment: String? = nil) -> SetElement {
        SetElement(Samples.address(last), comment: comment)
    }

    @Test func `of elements with one key the first counts`() {
        let table: ElementTable = [element(1, "first"), element(2), element(1, "second")]
        #expect(table.count == 2)
        #expect(table[element(1)]?.comment == "first")
        #expect(table == [element(2), element(1, "first")])
    }

    @Test func `an element takes the place of one with its key, and the key finds it to be removed`() {
        var table: ElementTable = [element(1, "old")]
        #expect(table.insert(element(1, "new"))?.comment == "old")
        #expect(table.insert(element(2)) == nil)
        #expect(table.remove(element(1))?.comment == "new")
        #expect(table.remove(element(1)) == nil)
        #expect(Array(table) == [element(2)])
    }

    @Test func `ranges that begin alike are different elements`() {
        let short = SetElement(key: [10, 0, 0, 0], end: [10, 0, 0, 255])
        let long = SetElement(key: [10, 0, 0, 0], end: [10, 0, 255, 255])
        #expect(ElementTable([short, long]).count == 2)
    }
}
