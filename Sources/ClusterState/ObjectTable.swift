internal import HashTreeCollections

/// The objects of one kind by name. Copies share what they have in common, so that keeping an old one costs little.
package struct ObjectTable<Name: Hashable & Sendable, Object: Hashable & Sendable>: Hashable, Sendable {
    private var objects = TreeDictionary<Name, Object>()

    package init() {}

    package init(_ objects: some Sequence<(Name, Object)>) {
        for (name, object) in objects { self.objects[name] = object }
    }

    package subscript(_ name: Name) -> Object? {
        get { objects[name] }
        set { objects[name] = newValue }
    }

    package var count: Int { objects.count }
    package var isEmpty: Bool { objects.isEmpty }
    /// The names, in no order.
    package var keys: [Name] { Array(objects.keys) }
    /// The objects, in no order.
    package var values: [Object] { Array(objects.values) }
}
