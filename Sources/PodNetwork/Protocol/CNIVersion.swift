/// A version of the CNI protocol that the plugin speaks.
package enum CNIVersion: String, CaseIterable, Comparable, Sendable {
    case v0_3_1 = "0.3.1"
    case v0_4_0 = "0.4.0"
    case v1_0_0 = "1.0.0"
    case v1_1_0 = "1.1.0"

    package static let newest = CNIVersion.v1_1_0

    package static func < (left: CNIVersion, right: CNIVersion) -> Bool { left.order < right.order }

    /// The place among the versions, the oldest first.
    private var order: Int {
        switch self {
        case .v0_3_1: 0
        case .v0_4_0: 1
        case .v1_0_0: 2
        case .v1_1_0: 3
        }
    }
}
