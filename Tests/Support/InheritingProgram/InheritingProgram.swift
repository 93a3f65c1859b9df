import Glibc
import LinuxSystem
import Systemd

/// A program that a service manager handed descriptors to: it takes over those that its arguments name, gives the rest
/// back, and ends. Each line that it prints says what became of one.
///
/// A program of its own, since the descriptors from 3 on of a test process are its runtime's.
@main
enum InheritingProgram {
    static func main() {
        let store = SystemdDescriptorStore()
        let adopted = CommandLine.arguments.dropFirst().map { name in (name, store.adopt(name)) }
        for (name, descriptor) in adopted {
            let flags = descriptor.map { fcntl($0.rawValue, F_GETFD) } ?? -1
            print(descriptor == nil ? "missing \(name)" : "adopted \(name)\(flags & FD_CLOEXEC == 0 ? " for all" : "")")
        }
        for name in store.discardRest() { print("discarded \(name)") }
        print("environment \(getenv("LISTEN_FDS") == nil ? "clean" : "kept")")
        // What was adopted is open up to here.
        withExtendedLifetime(adopted) {}
    }
}
