/// A value for each address family, or for one of them, or for none.
package struct PerFamily<Value> {
    package var v4: Value?
    package var v6: Value?

    package init(v4: Value? = nil, v6: Value? = nil) {
        self.v4 = v4
        self.v6 = v6
    }

    package subscript(_ family: AddressFamily) -> Value? {
        get {
            switch family {
            case .ipv4: v4
            case .ipv6: v6
            }
        }
        set {
            switch family {
            case .ipv4: v4 = newValue
            case .ipv6: v6 = newValue
            }
        }
    }

    package var isEmpty: Bool { v4 == nil && v6 == nil }

    /// The families that have a value, IPv4 first.
    package var families: [AddressFamily] { AddressFamily.allCases.filter { self[$0] != nil } }

    /// The values that are there, that of IPv4 first.
    package var values: [Value] { families.compactMap { self[$0] } }

    package func mapValues<Other, Failure: Error>(
        _ transform: (Value) throws(Failure) -> Other
    ) throws(Failure) -> PerFamily<Other> {
        var result = PerFamily<Other>()
        if let v4 { result.v4 = try transform(v4) }
        if let v6 { result.v6 = try transform(v6) }
        return result
    }
}

extension PerFamily: Equatable where Value: Equatable {}
extension PerFamily: Hashable where Value: Hashable {}
extension PerFamily: Sendable where Value: Sendable {}
