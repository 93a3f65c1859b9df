import LinuxSystem

/// What a look at the directory found.
enum ManifestListing: Sendable {
    /// There is nothing in it at all, as in the place of a mount that is lost.
    case empty
    /// The manifest files by name.
    case files([String: Content])
    /// It could not be looked at.
    case failed(SystemCallError)

    enum Content: Sendable {
        /// As it was when last read.
        case unchanged
        /// It may have been written since, but holds what it held.
        case same(FileSignature)
        case text([UInt8], FileSignature)
        case failed(String, FileSignature?)
        /// It has the name of a manifest but is nothing that can hold one; the text says what it is.
        case notAFile(String)
    }

    /// More bytes than this are no manifest.
    private static let limit = 16 << 20

    /// Reads the files that are new or changed.
    static func read(_ directory: String, knowing signatures: [String: FileSignature]) -> ManifestListing {
        let names: [String]
        do throws(SystemCallError) {
            names = try Files.list(directory)
        } catch {
            return .failed(error)
        }
        guard !names.isEmpty else { return .empty }
        var files: [String: Content] = [:]
        for name in names where isManifest(name) {
            files[name] = content(of: "\(directory)/\(name)", knowing: signatures[name])
        }
        return .files(files)
    }

    /// Whether a name is a manifest's: hidden files and what editors leave behind (`~`, `#`, `.swp`) are not.
    static func isManifest(_ name: String) -> Bool {
        !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
    }

    /// Nil if there is no such file any more.
    private static func content(of path: String, knowing known: FileSignature?) -> Content? {
        do throws(SystemCallError) {
            let status = try Files.status(path)
            guard status.kind == .file else { return .notAFile(word(for: status.kind)) }
            var signature = FileSignature(status, readAt: SystemTime.now())
            if let known, known.isSame(as: signature) { return .unchanged }
            guard status.size <= limit else {
                return .failed("has \(status.size) bytes: no manifest has more than \(limit)", signature)
            }
            let bytes = try Files.read(path)
            signature.note(bytes)
            return known?.holdsSame(as: signature) == true ? .same(signature) : .text(bytes, signature)
        } catch  where error.errno == .noEntry {
            guard let target = try? Files.linkTarget(path) else { return nil }
            return .failed("is a link to \(target), which is not there", nil)
        } catch {
            return .failed("\(error)", nil)
        }
    }

    private static func word(for kind: FileStatus.Kind) -> String {
        switch kind {
        case .directory: "a directory"
        case .socket: "a socket"
        default: "a pipe or a device"
        }
    }
}

/// By what a file is known to be unchanged.
struct FileSignature: Hashable, Sendable {
    private let status: FileStatus
    /// The file was quiet for so long before it was read that a later change must have another time: file systems count
    /// in ticks of up to two seconds.
    private let isReliable: Bool
    /// Of what it held when it was read.
    private var hash: Int?

    init(_ status: FileStatus, readAt now: Double) {
        self.status = status
        isReliable = now - Double(status.modified) / 1e9 > 2
    }

    func isSame(as other: FileSignature) -> Bool { isReliable && status == other.status }

    /// Whether the file was read both times, and held the same.
    func holdsSame(as other: FileSignature) -> Bool { hash != nil && hash == other.hash }

    /// Notes what the file holds.
    mutating func note(_ bytes: [UInt8]) { hash = bytes.hashValue }
}
