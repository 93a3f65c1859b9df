/// One change to a table. The words are nft's.
package enum Operation: Hashable, Sendable {
    /// Makes the table unless it is there.
    case addTable
    /// Lets packets into the chains of a table that was put to sleep. Not in one transaction with other changes of it.
    case wakeTable
    /// Deletes the table with all that is in it.
    case deleteTable
    /// Makes the chain; EEXIST if there is one of the name.
    case createChain(Chain)
    /// Changes the policy of a base chain.
    case setPolicy(Chain)
    /// Removes all rules of the chain.
    case flushChain(String)
    /// EBUSY while anything refers to the chain.
    case deleteChain(String)
    /// Appends the rule to the chain.
    case addRule(Rule, chain: String)
    /// Makes the set; EEXIST if there is one of the name.
    case createSet(SetDefinition)
    /// Removes all elements of the set.
    case flushSet(String)
    /// EBUSY while a rule refers to the set.
    case deleteSet(String)
    /// Adds elements; one that is there already with the same value is left as it is, with another is EEXIST.
    case addElements([SetElement], SetDefinition)
    /// ENOENT if one is not there.
    case deleteElements([SetElement], SetDefinition)

    /// How much work the operation is: how many objects it touches.
    package var cost: Int {
        switch self {
        case .addElements(let elements, _), .deleteElements(let elements, _): max(1, elements.count)
        default: 1
        }
    }

    /// What the operation does, in nft's words, for errors: "add rule".
    var verb: String {
        switch self {
        case .addTable: "add table"
        case .wakeTable: "wake table"
        case .deleteTable: "delete table"
        case .createChain: "add chain"
        case .setPolicy: "set policy"
        case .flushChain: "flush chain"
        case .deleteChain: "delete chain"
        case .addRule: "add rule"
        case .createSet(let set): set.value == nil ? "add set" : "add map"
        case .flushSet: "flush set"
        case .deleteSet: "delete set"
        case .addElements: "add element"
        case .deleteElements: "delete element"
        }
    }

    /// What it is done to, for errors; a list of elements is not spelled out.
    func subject(in table: Table) -> String {
        switch self {
        case .addTable, .wakeTable, .deleteTable: "\(table)"
        case .createChain(let chain), .setPolicy(let chain): "\(table) \(chain.name)"
        case .flushChain(let name), .deleteChain(let name): "\(table) \(name)"
        case .addRule(let rule, let chain): "\(table) \(chain) '\(rule)'"
        case .createSet(let set): "\(table) \(set.name)"
        case .flushSet(let name), .deleteSet(let name): "\(table) \(name)"
        case .addElements(let elements, let set), .deleteElements(let elements, let set):
            "\(table) \(set.name) (\(elements.count) elements)"
        }
    }
}
