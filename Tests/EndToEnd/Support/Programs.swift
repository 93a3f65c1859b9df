import Foundation

/// The programs under test: those of the build folder that the test program lies in, or of another one, such as a
/// release build, named by PROGRAMS_UNDER_TEST.
enum Programs {
    static var linnet: String { folder.appendingPathComponent("linnet").path }

    /// The agent with one more capability, which traps on an object. It is no part of a release build.
    static var trappingAgent: String { bundle.deletingLastPathComponent().appendingPathComponent("TrappingAgent").path }

    /// A library that shifts the wall clock of the program that it is preloaded into.
    static var shiftedWallClock: String {
        bundle.deletingLastPathComponent().appendingPathComponent("libShiftedWallClock.so").path
    }

    static let folder: URL =
        if let named = ProcessInfo.processInfo.environment["PROGRAMS_UNDER_TEST"] {
            URL(fileURLWithPath: named)
        } else {
            bundle.deletingLastPathComponent()
        }

    /// The top-level folder of the checkout.
    static let repository = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// The test program. A helper of the toolchain may run it: then the command line names it.
    private static var bundle: URL {
        let arguments = CommandLine.arguments
        if let index = arguments.firstIndex(of: "--test-bundle-path"), index + 1 < arguments.count {
            return URL(fileURLWithPath: arguments[index + 1])
        }
        return URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    }
}
