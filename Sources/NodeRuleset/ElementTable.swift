package import Nftables

/// The elements of a planned set, each key once, in no order.
///
/// A change of one element costs the same however many there are, as long as the table has no copy that still lives.
package struct ElementTable: Sendable, Hashable {
    /// What the kernel tells elements of a set apart by.
    package struct Key: Sendable, Hashable {
        /// The key's bytes as registers hold them.
        let key: [UInt8]
        /// The last key of a range, itself included.
        let end: [UInt8]?

        package init(_ element: SetElement) {
            key = element.key
            end = element.end
        }
    }

    private var elements: [Key: SetElement]

    /// Of elements with the same key the first counts.
    package init(_ elements: some Sequence<SetElement>) {
        self.elements = [:]
        self.elements.reserveCapacity(elements.underestimatedCount)
        for element in elements where self[element] == nil { insert(element) }
    }

    package var count: Int { elements.count }

    /// The element that has the key of this one.
    package subscript(_ element: SetElement) -> SetElement? { elements[Key(element)] }

    /// Puts the element in, in place of one with its key. Answers that one.
    @discardableResult
    package mutating func insert(_ element: SetElement) -> SetElement? {
        elements.updateValue(element, forKey: Key(element))
    }

    /// Takes out the element that has the key of this one, and answers it.
    @discardableResult
    package mutating func remove(_ element: SetElement) -> SetElement? {
        elements.removeValue(forKey: Key(element))
    }
}

extension ElementTable: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: SetElement...) {
        self.init(elements)
    }
}

extension ElementTable: Sequence {
    package struct Iterator: IteratorProtocol {
        fileprivate var values: Dictionary<Key, SetElement>.Values.Iterator

        package mutating func next() -> SetElement? { values.next() }
    }

    package var underestimatedCount: Int { count }

    package func makeIterator() -> Iterator { Iterator(values: elements.values.makeIterator()) }
}

extension ElementTable {
    /// Changes the table and answers what takes it back: `removed` are the elements whose keys were not there, as they
    /// are now, `added` those that went or were replaced, as they were.
    mutating func apply(_ change: ElementChange) -> ElementChange {
        var before: [Key: SetElement?] = [:]
        for element in change.removed {
            let old = remove(element)
            if before[Key(element)] == nil { before.updateValue(old, forKey: Key(element)) }
        }
        for element in change.added {
            let old = insert(element)
            if before[Key(element)] == nil { before.updateValue(old, forKey: Key(element)) }
        }
        var undo = ElementChange()
        for (key, old) in before {
            let new = elements[key]
            if let old {
                if old != new { undo.added.append(old) }
            } else if let new {
                undo.removed.append(new)
            }
        }
        return undo
    }
}
