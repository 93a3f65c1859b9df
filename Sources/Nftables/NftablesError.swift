package import LinuxSystem

/// Why something asked of nf_tables was not done.
package struct NftablesError: Error, Hashable, Sendable {
    /// Who refused, and why.
    package enum Reason: Hashable, Sendable {
        /// The kernel refused.
        case kernel(Errno)
        /// It was not sent, since it cannot be right; says why.
        case invalid(String)
        /// The kernel refused (EPERM), since this process has the table for itself.
        case owned(by: String)
    }

    /// What was to be done: "commit", "read".
    package let operation: String
    /// On what: "rule of chain postrouting in table inet linnet".
    package let subject: String
    package let reason: Reason
    /// The kernel's number, if it was the kernel that refused. Stored, because a getter that switches over `reason`
    /// crashes the optimiser of Swift 6.3.1 where it is inlined.
    package let errno: Errno?
    /// What the kernel said beside the number.
    package let detail: String?

    package init(_ operation: String, _ subject: String, _ reason: Reason, detail: String? = nil) {
        self.operation = operation
        self.subject = subject
        self.reason = reason
        self.detail = detail
        switch reason {
        case .kernel(let errno): self.errno = errno
        case .owned: errno = .permission
        case .invalid: errno = nil
        }
    }

    /// Whether someone else changed the ruleset meanwhile: to read again and to try again helps.
    package var isStale: Bool { errno == .restart }

    /// Whether nothing of this process's would be taken, in whatever way it is put.
    package var isForbidden: Bool { errno == .permission }

    /// The same error, if this is who has the table for itself.
    func owned(by owner: String?) -> NftablesError {
        owner.map { NftablesError(operation, subject, .owned(by: $0)) } ?? self
    }
}

extension NftablesError: CustomStringConvertible {
    package var description: String {
        var text = "\(operation) \(subject): "
        switch reason {
        case .kernel(let errno): text += "\(errno)"
        case .invalid(let reason): text += reason
        case .owned(let owner): return text + "\(owner) has the table for itself: stop it, and the table goes with it"
        }
        if let detail { text += " (\(detail))" }
        if let remedy { text += "; \(remedy)" }
        return text
    }

    /// What usually helps.
    private var remedy: String? {
        switch errno?.rawValue {
        case 1: "this needs CAP_NET_ADMIN in the network namespace"
        case 2 where operation == "add rule": "the kernel may lack a module for one of its expressions"
        case 16: "something still refers to it"
        case 95: "the kernel lacks nf_tables or a part of it"
        case 105: "more messages came than the socket holds"
        default: nil
        }
    }
}

extension Errno {
    /// ERESTART: the ruleset is of another generation than was expected, or changed while it was read.
    static let restart = Errno(rawValue: 85)
}
