/// What the runtime wants done (`CNI_COMMAND`).
package enum CNICommand: String, CaseIterable, Sendable {
    case add = "ADD"
    case delete = "DEL"
    case check = "CHECK"
    case status = "STATUS"
    case collectGarbage = "GC"
    case version = "VERSION"

    /// The first version of the protocol that has the command.
    package var since: CNIVersion {
        switch self {
        case .add, .delete, .version: .v0_3_1
        case .check: .v0_4_0
        case .status, .collectGarbage: .v1_1_0
        }
    }

    /// Whether the command is about one attachment.
    var concernsAttachment: Bool { self == .add || self == .delete || self == .check }
}
