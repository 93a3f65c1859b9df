internal import Glibc

/// A file descriptor with one owner. It is closed when its owner lets go of it.
package struct OwnedDescriptor: ~Copyable, Sendable {
    /// The number of the descriptor; valid as long as this value lives.
    package let rawValue: Int32

    /// Takes ownership of an open descriptor: nobody else may close it from now on.
    package init(adopting rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        closeDescriptor(rawValue)
    }

    /// Closes the descriptor now and reports what the kernel has kept for this moment, such as a failed write.
    package consuming func close() throws(SystemCallError) {
        let number = release()
        // Linux releases the number even when close fails, EINTR included: calling again could hit somebody else's.
        guard Glibc.close(number) == -1 else { return }
        let errno = Errno.current
        guard errno != .interrupted else { return }
        throw SystemCallError(call: "close", subject: "descriptor \(number)", errno: errno)
    }

    /// Gives up ownership without closing, for C code that takes it over.
    package consuming func release() -> Int32 {
        let number = rawValue
        discard self
        return number
    }
}

/// A file descriptor with several owners. It is closed when the last lets go of it.
package final class SharedDescriptor: Sendable {
    /// The number of the descriptor; valid as long as this object lives.
    package let rawValue: Int32

    package init(_ descriptor: consuming OwnedDescriptor) {
        rawValue = descriptor.release()
    }

    /// Takes ownership of an open descriptor: nobody else may close it from now on.
    package init(adopting rawValue: Int32) {
        self.rawValue = rawValue
    }

    deinit {
        closeDescriptor(rawValue)
    }
}

/// Closes a descriptor whose pending errors interest nobody any longer.
private func closeDescriptor(_ number: Int32) {
    guard close(number) == -1 else { return }
    // EBADF means that somebody else closed it: the number may be another file by now, so that going on would
    // read and write the wrong one.
    precondition(Errno.current != .badDescriptor, "descriptor \(number) was closed behind its owner's back")
}
