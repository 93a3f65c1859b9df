package import HashTreeCollections

/// The objects of one kind by name. Copies share what they have in common, so that keeping an old one costs little.
///
/// What is called for each of ten thousand objects is inlinable, so that it is compiled for their type.
package struct ObjectTable<Name: Hashable & Sendable, Object: Hashable & Sendable>: Hashable, Sendable {
    /// An object by reference: it has a dozen parts, each to be retained wherever it is copied.
    package final class Reference: Hashable, Sendable {
        package let object: Object

        @usableFromInline init(_ object: Object) { self.object = object }

        package static func == (left: Reference, right: Reference) -> Bool {
            left === right || left.object == right.object
        }

        package func hash(into hasher: inout Hasher) { hasher.combine(object) }
    }

    @usableFromInline var objects = TreeDictionary<Name, Reference>()

    package init() {}

    package init(_ objects: some Sequence<(Name, Object)>) {
        for (name, object) in objects { self.objects[name] = Reference(object) }
    }

    @inlinable
    package subscript(_ name: Name) -> Object? {
        get { objects[name]?.object }
        set { objects[name] = newValue.map { Reference($0) } }
    }

    @inlinable
    package func reference(to name: Name) -> Reference? { objects[name] }

    package var count: Int { objects.count }
    package var isEmpty: Bool { objects.isEmpty }
    /// The names, in no order.
    package var keys: [Name] { objects.map(\.key) }
    /// The objects, in no order.
    package var values: [Object] { objects.map(\.value.object) }

    /// Calls `body` with each object and its name, in no order.
    @inlinable
    package func forEach(_ body: (Name, Reference) -> Void) {
        for (name, reference) in objects { body(name, reference) }
    }
}
