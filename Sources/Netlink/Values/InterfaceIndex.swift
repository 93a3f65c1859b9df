/// The number by which the kernel knows a network interface, unique within one network namespace.
package struct InterfaceIndex: RawRepresentable, Hashable, Comparable, Sendable {
    /// Positive for an interface that exists.
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The index as the kernel's unsigned attributes carry it, or nil for zero, which stands for no interface.
    init?(attribute value: UInt32) {
        guard value != 0 else { return nil }
        rawValue = Int32(truncatingIfNeeded: value)
    }

    var attributeValue: UInt32 { UInt32(bitPattern: rawValue) }

    package static func < (left: InterfaceIndex, right: InterfaceIndex) -> Bool { left.rawValue < right.rawValue }
}

extension InterfaceIndex: CustomStringConvertible {
    /// `if7`, as ip(8) prints an interface whose name it does not know.
    package var description: String { "if\(rawValue)" }
}
