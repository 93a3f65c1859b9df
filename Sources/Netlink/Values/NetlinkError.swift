package import LinuxSystem

/// The kernel refused a request, or could not be asked.
package struct NetlinkError: Error, Hashable, Sendable {
    /// What was asked for, as a verb phrase: "add route".
    package let operation: String
    /// What it was asked for: "10.42.2.0/24 dev flannel.1". May be empty.
    package let subject: String
    package let errno: Errno
    /// What the kernel said beside the number (extended acknowledgement).
    package let kernelMessage: String?
    /// What would help, where that is known.
    package let remedy: String?

    package init(
        operation: String,
        subject: String,
        errno: Errno,
        kernelMessage: String? = nil,
        remedy: String? = nil
    ) {
        self.operation = operation
        self.subject = subject
        self.errno = errno
        self.kernelMessage = kernelMessage
        self.remedy = remedy
    }
}

extension NetlinkError: CustomStringConvertible {
    package var description: String {
        var text = subject.isEmpty ? operation : "\(operation) \(subject)"
        text += ": \(errno)"
        if let kernelMessage { text += ": the kernel says '\(kernelMessage)'" }
        if let remedy { text += ": \(remedy)" }
        return text
    }
}

extension NetlinkError {
    /// Whether what was to be read, changed or deleted is not there. The number depends on the kind of object.
    package var isMissing: Bool {
        [.noEntry, .noProcess, .noDevice, .addressNotAvailable].contains(errno)
    }

    /// Whether what was to be created is there already.
    package var alreadyExists: Bool { errno == .exists }

    /// Whether the process lacks the privilege.
    package var isDenied: Bool { errno == .permission || errno == .accessDenied }
}

extension NetlinkError {
    /// What was just there is gone: someone else deleted it in between.
    package static func missing(_ operation: String, subject: String) -> NetlinkError {
        NetlinkError(operation: operation, subject: subject, errno: .noDevice)
    }
}
