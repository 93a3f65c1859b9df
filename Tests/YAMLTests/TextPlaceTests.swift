import Testing

@testable import YAML

@Suite struct TextPlaceTests {
    @Test func `a line is counted once, however many positions are asked of it`() {
        let line = Array(String(repeating: "é,", count: 50_000).utf8)
        var place = TextPlace(startingAt: 0)
        for index in stride(from: 0, to: line.count, by: 3) {
            #expect(place.position(of: index, in: line) == YAMLPosition(line: 1, column: index / 3 * 2 + 1))
        }
        #expect(place.bytesCounted <= line.count)
    }

    @Test func `a list in one line is read in as many steps as it has bytes`() throws {
        let object = #"{"key":"a2V5","revision":12}"#
        let text = Array("[\(Array(repeating: object, count: 2_000).joined(separator: ","))]".utf8)
        var parser = JSONParser(text, limits: YAMLLimits())
        let elements = try #require(try parser.values().first?.elements)
        #expect(elements.last?.position == YAMLPosition(line: 1, column: text.count - 28))
        #expect(parser.place.bytesCounted <= text.count)
    }
}
