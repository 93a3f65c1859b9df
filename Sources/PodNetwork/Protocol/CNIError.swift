/// Why the plugin refuses or fails, as the runtime gets to read it.
package struct CNIError: Error, Hashable, Sendable {
    package let code: CNIErrorCode
    /// What went wrong and with what.
    package let message: String
    /// What to do about it; may be empty.
    package let details: String

    package init(_ code: CNIErrorCode, _ message: String, details: String = "") {
        self.code = code
        self.message = message
        self.details = details
    }

    /// A step failed; the error says on what and why.
    package init(_ step: String, _ error: any Error, code: CNIErrorCode = .inputOutput, details: String = "") {
        if let error = error as? CNIError {
            self = error
        } else {
            self.init(code, "\(step): \(error)", details: details)
        }
    }

    /// The document for standard output.
    package func document(_ version: String) -> JSONValue {
        .members([
            ("cniVersion", .string(version)),
            ("code", .number(code.rawValue)),
            ("msg", .string(message)),
            ("details", details.isEmpty ? nil : .string(details)),
        ])
    }
}

extension CNIError: CustomStringConvertible {
    package var description: String { details.isEmpty ? message : "\(message): \(details)" }
}

/// The numbers that the CNI specification gives to errors, and from 100 on our own.
package struct CNIErrorCode: RawRepresentable, Hashable, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) {
        self.rawValue = rawValue
    }

    package static let incompatibleVersion = CNIErrorCode(rawValue: 1)
    package static let unsupportedField = CNIErrorCode(rawValue: 2)
    package static let unknownContainer = CNIErrorCode(rawValue: 3)
    package static let invalidEnvironment = CNIErrorCode(rawValue: 4)
    package static let inputOutput = CNIErrorCode(rawValue: 5)
    package static let undecodable = CNIErrorCode(rawValue: 6)
    package static let invalidConfiguration = CNIErrorCode(rawValue: 7)
    package static let invalidNamespace = CNIErrorCode(rawValue: 8)
    package static let tryAgainLater = CNIErrorCode(rawValue: 11)
    /// STATUS: no pod can be attached now.
    package static let notAvailable = CNIErrorCode(rawValue: 50)
    /// The kernel refused a change.
    package static let kernel = CNIErrorCode(rawValue: 100)
    /// The address that was asked for is another pod's.
    package static let addressTaken = CNIErrorCode(rawValue: 101)
    /// Every address of the node's subnet is taken.
    package static let noAddress = CNIErrorCode(rawValue: 102)
    /// CHECK: the attachment is not as ADD left it.
    package static let attachmentDamaged = CNIErrorCode(rawValue: 103)
    /// A host port that was asked for is another pod's.
    package static let hostPortTaken = CNIErrorCode(rawValue: 104)
}
