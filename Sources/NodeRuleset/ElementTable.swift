package import Nftables

/// The elements of a planned set, each key once, in no order.
///
/// A change of one element costs the same however many there are, as long as the table has no copy that still lives.
package struct ElementTable: Sendable {
    /// An element, told apart from others as the kernel tells them apart: by its key.
    fileprivate struct Entry: Sendable, Hashable {
        let element: SetElement

        static func == (left: Entry, right: Entry) -> Bool {
            left.element.key == right.element.key && left.element.end == right.element.end
        }

        func hash(into hasher: inout Hasher) {
            element.hashKey(into: &hasher)
        }
    }

    private var entries: Set<Entry>

    /// Of elements with the same key the first counts.
    package init(_ elements: some Sequence<SetElement>) {
        entries = Set(minimumCapacity: elements.underestimatedCount)
        for element in elements {
            if let first = insert(element) { insert(first) }
        }
    }

    package var count: Int { entries.count }

    /// The element that has the key of this one.
    package subscript(_ element: SetElement) -> SetElement? {
        entries.firstIndex(of: Entry(element: element)).map { entries[$0].element }
    }

    /// Puts the element in, in place of one with its key. Answers that one.
    @discardableResult
    package mutating func insert(_ element: SetElement) -> SetElement? {
        entries.update(with: Entry(element: element))?.element
    }

    /// Takes out the element that has the key of this one, and answers it.
    @discardableResult
    package mutating func remove(_ element: SetElement) -> SetElement? {
        entries.remove(Entry(element: element))?.element
    }
}

extension ElementTable: Hashable {
    package static func == (left: ElementTable, right: ElementTable) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0] == $0 }
    }

    package func hash(into hasher: inout Hasher) { hasher.combine(Set(self)) }
}

extension ElementTable: ExpressibleByArrayLiteral {
    package init(arrayLiteral elements: SetElement...) {
        self.init(elements)
    }
}

extension ElementTable: Sequence {
    package struct Iterator: IteratorProtocol {
        fileprivate var entries: Set<Entry>.Iterator

        package mutating func next() -> SetElement? { entries.next()?.element }
    }

    package var underestimatedCount: Int { count }

    package func makeIterator() -> Iterator { Iterator(entries: entries.makeIterator()) }
}

extension ElementTable {
    /// Changes the table and answers what takes it back: `removed` are the elements whose keys were not there, as they
    /// are now, `added` those that went or were replaced, as they were.
    mutating func apply(_ change: ElementChange) -> ElementChange {
        var before: [Entry: SetElement?] = [:]
        before.reserveCapacity(change.removed.count + change.added.count)
        for element in change.removed {
            let old = remove(element)
            before.note(old, of: Entry(element: element))
        }
        for element in change.added {
            let old = insert(element)
            before.note(old, of: Entry(element: element))
        }
        var undo = ElementChange()
        for (entry, old) in before {
            let new = self[entry.element]
            if let old {
                if old != new { undo.added.append(old) }
            } else if let new {
                undo.removed.append(new)
            }
        }
        return undo
    }
}

extension [ElementTable.Entry: SetElement?] {
    /// Notes what a key had first.
    fileprivate mutating func note(_ old: SetElement?, of entry: Key) {
        if self[entry] == nil { updateValue(old, forKey: entry) }
    }
}
