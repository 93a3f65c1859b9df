import NetworkTypes
import Nftables
import SeededNumbers
import Testing

@testable import NodeRuleset

@Suite struct ElementDifferenceTests {
    @Test(arguments: 0..<40)
    func `any change of elements ends at the wanted ones`(_ seed: UInt64) throws {
        var random = SeededNumbers(seed: seed)
        var held = TableContents(generation: 1, exists: false)
        for _ in 0..<20 {
            let count = Int.random(in: 0...30, using: &random)
            let elements = (0..<count).map { _ in
                SetElement(
                    Samples.address(UInt8.random(in: 0...20, using: &random)),
                    .number(UInt32.random(in: 0...1, using: &random)),
                    data: [Samples.address(UInt8.random(in: 0...3, using: &random)), .port(80)]
                )
            }
            let planned = ElementTable(elements)
            let fragment = Samples.fragment([], [PlannedSet(Samples.endpoints, .planned(planned))])
            for operation in RulesetDifference(wanted: fragment, held: held).transactions.joined() {
                let errno = held.perform(operation)
                #expect(errno == nil, "\(operation.command(in: .linnet)): \(String(describing: errno))")
            }
            #expect(Set(held.sets["endpoints"]?.elements ?? []) == Set(planned))
            #expect(RulesetDifference(wanted: fragment, held: held).isEmpty)
        }
    }
}
