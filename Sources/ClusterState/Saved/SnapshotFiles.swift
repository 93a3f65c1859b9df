package import LinuxSystem

/// The files in which a snapshot outlives the process: `snapshot`, and `snapshot-secrets` with the Secrets in use, which must
/// not be read by whoever is given the first one to look at.
package struct SnapshotFiles: Sendable {
    /// Of the form of both files. It grows by one with every change of a type that is written.
    static let version = 7

    private let identity: SnapshotIdentity
    private let keepsSecrets: Bool
    private let main: StateFile
    private let secrets: StateFile
    /// The secrets that the file is known to hold.
    private var written: [Secret]?

    /// - Parameters:
    ///   - stateDirectory: where the files are.
    ///   - identity: whose snapshot is written, and alone is read.
    ///   - keepsSecrets: whether Secrets are kept at all.
    package init(stateDirectory: String, identity: SnapshotIdentity, keepsSecrets: Bool) {
        self.identity = identity
        self.keepsSecrets = keepsSecrets
        (main, secrets) = Self.files(in: stateDirectory)
    }

    /// The snapshot and the secrets.
    package static func files(in stateDirectory: String) -> (main: StateFile, secrets: StateFile) {
        (
            StateFile("\(stateDirectory)/snapshot", kind: "snapshot", version: version),
            StateFile("\(stateDirectory)/snapshot-secrets", kind: "secrets", version: version)
        )
    }

    /// The path of the file that tells when something was last saved.
    package var path: String { main.path }

    /// Whether all files are there that saving writes.
    package var areThere: Bool { main.isThere && (!keepsSecrets || secrets.isThere) }

    /// What an earlier run left; nil if it left nothing that can be believed.
    ///
    /// - Parameter warn: is told of each file that cannot be believed, and why.
    package func load(_ warn: (StateFileError) -> Void) -> SavedSnapshot? {
        guard var saved = Self.read(main, identity, SavedSnapshot.self, warn) else { return nil }
        if let holder = saved.ownLease?.node, holder != identity.node {
            warn(StateFileError(path: main.path, reason: "its own lease is of node '\(holder)'"))
            return nil
        }
        if keepsSecrets, let list = Self.read(secrets, identity, [Secret].self, warn) {
            saved.secrets = list
        } else {
            saved.complete.remove(.secret)
        }
        return saved.complete.isEmpty ? nil : saved
    }

    /// Saves what is known; nothing if nothing is, and answers that. When this throws, each file is as it was or as it
    /// should be.
    ///
    /// - Parameter confirmedAt: when the source last confirmed it, in seconds since 1970 by the clock as it is set now.
    @discardableResult
    package mutating func save(_ snapshot: ClusterSnapshot, confirmedAt: Double?) throws(SystemCallError) -> Bool {
        guard var saved = SavedSnapshot(snapshot, on: identity.node, confirmedAt: confirmedAt) else { return false }
        if !keepsSecrets {
            saved.complete.remove(.secret)
            guard !saved.complete.isEmpty else { return false }
        } else if saved.secrets != written || !secrets.isThere {
            try Self.write(saved.secrets, identity, to: secrets)
            written = saved.secrets
        }
        try Self.write(saved, identity, to: main)
        return true
    }

    /// Removes what killed writers left, and the secrets if none may be kept.
    package func tidy() throws(SystemCallError) {
        try Files.removeTemporaries(of: main.path)
        try Files.removeTemporaries(of: secrets.path)
        if !keepsSecrets { try secrets.remove() }
    }

    private static func write(
        _ value: some StateCodable,
        _ identity: SnapshotIdentity,
        to file: StateFile
    ) throws(SystemCallError) {
        var (value, identity) = (value, identity)
        var coder = StateCoder()
        do throws(StateCodingError) {
            try coder.code(&identity)
            try coder.code(&value)
        } catch {
            preconditionFailure("writing cannot fail: \(error)")
        }
        try file.write(coder.bytes)
    }

    private static func read<Value: StateCodable>(
        _ file: StateFile,
        _ identity: SnapshotIdentity,
        _: Value.Type,
        _ warn: (StateFileError) -> Void
    ) -> Value? {
        do throws(StateFileError) {
            guard let content = try file.read() else { return nil }
            return try decode(content, of: identity, from: file)
        } catch {
            warn(error)
            return nil
        }
    }

    private static func decode<Value: StateCodable>(
        _ content: [UInt8],
        of identity: SnapshotIdentity,
        from file: StateFile
    ) throws(StateFileError) -> Value {
        var coder = StateCoder(reading: content)
        var (found, value) = (SnapshotIdentity.blank, Value.blank)
        do throws(StateCodingError) {
            try coder.code(&found)
            guard found == identity else {
                throw StateCodingError("it is of \(found), not of \(identity)")
            }
            try coder.code(&value)
            guard coder.isAtEnd else { throw StateCodingError("it goes on after its end") }
        } catch {
            throw StateFileError(path: file.path, reason: "\(error)")
        }
        return value
    }
}

/// Whose snapshot it is: another source's or another node's says nothing here.
package struct SnapshotIdentity: Hashable, Sendable, CustomStringConvertible {
    /// The source's description.
    package var source: String
    /// The node whose own lease is in it.
    package var node: NodeName

    package init(source: String, node: NodeName) {
        self.source = source
        self.node = node
    }

    package var description: String { "\(source) on node '\(node)'" }
}

extension SnapshotIdentity: StateCodable {
    static var blank: SnapshotIdentity { SnapshotIdentity(source: "", node: .blank) }

    mutating func code(with coder: inout StateCoder) throws(StateCodingError) {
        try coder.code(&source)
        try coder.code(&node)
    }
}
