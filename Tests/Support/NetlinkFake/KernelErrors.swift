import Glibc
import LinuxSystem

// The numbers that the kernel answers with.
extension Errno {
    static let unreachableNetwork = Errno(rawValue: ENETUNREACH)
    static let unreachableHost = Errno(rawValue: EHOSTUNREACH)
    static let networkDown = Errno(rawValue: ENETDOWN)
    static let noSuchEntry = Errno(rawValue: ENOENT)
    static let noSuchRoute = Errno(rawValue: ESRCH)
    static let noSuchLink = Errno(rawValue: ENODEV)
    static let noSuchAddress = Errno(rawValue: EADDRNOTAVAIL)
    static let taken = Errno(rawValue: EEXIST)
    static let refused = Errno(rawValue: EINVAL)
    static let unsupported = Errno(rawValue: EOPNOTSUPP)
    static let wrongFamily = Errno(rawValue: EAFNOSUPPORT)
    static let outOfRange = Errno(rawValue: ERANGE)
}
