/// Reads what may follow a chunk's size (RFC 9112 section 7.1.1), octet by octet: `;NAME` or `;NAME=VALUE`, again and
/// again, without blanks before the `;`. It means nothing here, but what is none could be something else to another reader.
struct ChunkExtension: Sendable {
    private var state = State.beforeName

    private enum State {
        /// Behind `;`, and blanks. To: `name`.
        case beforeName
        /// To: `afterName`, `beforeValue`, or another `;`.
        case name
        /// In blanks behind a name. To: `beforeValue`.
        case afterName
        /// Behind `=`, and blanks. To: `value`, `quoted`.
        case beforeValue
        /// To: `afterValue`, or another `;`.
        case value
        /// To: `escaped`, `afterValue`.
        case quoted
        /// Behind a backslash. To: `quoted`.
        case escaped
        /// To: another `;`.
        case afterValue
    }

    /// Whether the line may end here. Blanks at its end belong to nothing.
    var isComplete: Bool {
        switch state {
        case .name, .value, .afterValue: true
        case .beforeName, .afterName, .beforeValue, .quoted, .escaped: false
        }
    }

    /// Reads the next octet, which is not the CR at the end. Returns whether it may stand there.
    mutating func read(_ octet: UInt8) -> Bool {
        switch state {
        case .beforeName: return begin(octet, .name)
        case .name: return goOn(octet)
        case .afterName:
            guard octet == 0x3d else { return Octet.isBlank(octet) }
            state = .beforeValue
            return true
        case .beforeValue:
            guard octet != 0x22 else {
                state = .quoted
                return true
            }
            return begin(octet, .value)
        case .value:
            guard !Octet.isToken(octet) else { return true }
            return end(octet)
        case .quoted:
            if octet == 0x22 { state = .afterValue } else if octet == 0x5c { state = .escaped }
            return isText(octet)
        case .escaped:
            state = .quoted
            return isText(octet)
        case .afterValue: return end(octet)
        }
    }

    private mutating func begin(_ octet: UInt8, _ next: State) -> Bool {
        if Octet.isToken(octet) { state = next }
        return Octet.isToken(octet) || Octet.isBlank(octet)
    }

    private mutating func goOn(_ octet: UInt8) -> Bool {
        switch octet {
        case 0x3d: state = .beforeValue
        case 0x3b: state = .beforeName
        case Octet.space, Octet.tab: state = .afterName
        default: return Octet.isToken(octet)
        }
        return true
    }

    private mutating func end(_ octet: UInt8) -> Bool {
        guard octet == 0x3b else { return false }
        state = .beforeName
        return true
    }

    private func isText(_ octet: UInt8) -> Bool { octet >= 0x20 && octet != 0x7f || octet == Octet.tab }
}
