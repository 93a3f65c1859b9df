package import LinuxSystem

/// Keeps over a restart whether all of services were served.
package struct ProxyMemory: Sendable {
    private let file: StateFile

    package init(stateDirectory: String) {
        file = StateFile(Self.path(in: stateDirectory), kind: "service-proxy", version: 1)
    }

    /// Its file.
    package static func path(in stateDirectory: String) -> String { "\(stateDirectory)/service-proxy" }

    /// Whether the last decision was to serve everything. False if there was none, or if it cannot be read: then the signs
    /// decide, after a while.
    package func wasServing() -> Bool {
        guard let content = try? file.read() else { return false }
        return String(decoding: content, as: UTF8.self) == Self.serving
    }

    /// Whether any decision is kept.
    package var isThere: Bool { file.isThere }

    package func remember(isServing: Bool) throws(SystemCallError) {
        try file.write(Array((isServing ? Self.serving : Self.aside).utf8))
    }

    private static let serving = "everything\n"
    private static let aside = "load balancers\n"
}
