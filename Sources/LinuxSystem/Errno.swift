internal import CLinux
internal import Glibc

/// An error number of the kernel, always positive. The set is open: unknown numbers are kept.
package struct Errno: Error, Hashable, Sendable, RawRepresentable {
    package let rawValue: Int32

    package init(rawValue: Int32) {
        self.rawValue = rawValue
    }

    /// The number that the last failed call left on this thread. Read it before anything else can run.
    package static var current: Errno { Errno(rawValue: errno) }

    package static let notPermitted = Errno(rawValue: EPERM)
    /// EPERM under the name that the netlink code uses.
    package static let permission = Errno(rawValue: EPERM)
    package static let noEntry = Errno(rawValue: ENOENT)
    package static let noProcess = Errno(rawValue: ESRCH)
    package static let interrupted = Errno(rawValue: EINTR)
    package static let inputOutput = Errno(rawValue: EIO)
    package static let noDeviceOrAddress = Errno(rawValue: ENXIO)
    package static let badDescriptor = Errno(rawValue: EBADF)
    package static let again = Errno(rawValue: EAGAIN)
    package static let noMemory = Errno(rawValue: ENOMEM)
    package static let accessDenied = Errno(rawValue: EACCES)
    package static let busy = Errno(rawValue: EBUSY)
    package static let exists = Errno(rawValue: EEXIST)
    package static let noDevice = Errno(rawValue: ENODEV)
    package static let notDirectory = Errno(rawValue: ENOTDIR)
    package static let isDirectory = Errno(rawValue: EISDIR)
    package static let invalidArgument = Errno(rawValue: EINVAL)
    package static let fileTooBig = Errno(rawValue: EFBIG)
    package static let tooManyOpenFiles = Errno(rawValue: EMFILE)
    /// ENFILE: of all processes together.
    package static let tooManyOpenFilesInSystem = Errno(rawValue: ENFILE)
    package static let noSpace = Errno(rawValue: ENOSPC)
    package static let readOnlyFileSystem = Errno(rawValue: EROFS)
    package static let brokenPipe = Errno(rawValue: EPIPE)
    package static let outOfRange = Errno(rawValue: ERANGE)
    package static let nameTooLong = Errno(rawValue: ENAMETOOLONG)
    package static let notImplemented = Errno(rawValue: ENOSYS)
    package static let notEmpty = Errno(rawValue: ENOTEMPTY)
    package static let protocolError = Errno(rawValue: EPROTO)
    package static let badMessage = Errno(rawValue: EBADMSG)
    package static let messageTooLong = Errno(rawValue: EMSGSIZE)
    package static let protocolNotSupported = Errno(rawValue: EPROTONOSUPPORT)
    package static let notSupported = Errno(rawValue: EOPNOTSUPP)
    package static let familyNotSupported = Errno(rawValue: EAFNOSUPPORT)
    package static let addressInUse = Errno(rawValue: EADDRINUSE)
    package static let addressNotAvailable = Errno(rawValue: EADDRNOTAVAIL)
    package static let networkDown = Errno(rawValue: ENETDOWN)
    package static let networkUnreachable = Errno(rawValue: ENETUNREACH)
    package static let hostUnreachable = Errno(rawValue: EHOSTUNREACH)
    package static let noBufferSpace = Errno(rawValue: ENOBUFS)
    package static let notConnected = Errno(rawValue: ENOTCONN)
    package static let timedOut = Errno(rawValue: ETIMEDOUT)
    package static let connectionRefused = Errno(rawValue: ECONNREFUSED)
    package static let connectionAborted = Errno(rawValue: ECONNABORTED)
    package static let connectionReset = Errno(rawValue: ECONNRESET)
    package static let stale = Errno(rawValue: ESTALE)
    package static let cancelled = Errno(rawValue: ECANCELED)
}

extension Errno: CustomStringConvertible {
    /// `ENOENT (No such file or directory)`, never translated.
    package var description: String {
        guard let name = unsafe linnet_errno_name(rawValue), let text = unsafe linnet_errno_description(rawValue) else {
            return "errno \(rawValue)"
        }
        return unsafe "\(String(cString: name)) (\(String(cString: text)))"
    }
}
