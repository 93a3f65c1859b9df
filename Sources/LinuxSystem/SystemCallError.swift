/// A system call that failed: which, on what, and why.
package struct SystemCallError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The name of the call as its manual page has it: `open`.
    package let call: String
    /// What it was called on, usually a path; empty if there is nothing to name.
    package let subject: String
    package let errno: Errno

    package init(call: String, subject: String, errno: Errno) {
        self.call = call
        self.subject = subject
        self.errno = errno
    }

    /// `open /etc/x: ENOENT (No such file or directory)`.
    package var description: String {
        subject.isEmpty ? "\(call): \(errno)" : "\(call) \(subject): \(errno)"
    }
}

/// Makes a system call that answers -1 on failure. errno is read before anything else can run, and a call that a
/// signal interrupted is made again.
package func systemCall<Answer: SignedInteger>(
    _ call: String,
    on subject: @autoclosure () -> String = "",
    _ body: () -> Answer
) throws(SystemCallError) -> Answer {
    while true {
        let answer = body()
        guard answer == -1 else { return answer }
        let errno = Errno.current
        guard errno == .interrupted else {
            throw SystemCallError(call: call, subject: subject(), errno: errno)
        }
    }
}

/// Makes a system call on a descriptor that does not wait. Nil stands for EAGAIN: nothing can be done now.
package func systemCallUnlessBlocked<Answer: SignedInteger>(
    _ call: String,
    on subject: @autoclosure () -> String = "",
    _ body: () -> Answer
) throws(SystemCallError) -> Answer? {
    do throws(SystemCallError) {
        return try systemCall(call, on: subject(), body)
    } catch  where error.errno == .again {
        return nil
    }
}
