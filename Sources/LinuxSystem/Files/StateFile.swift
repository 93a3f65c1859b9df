/// A file that keeps something over a restart: its first line says what it is, in which version of the form, how long the
/// rest is and what its checksum is, so that nothing is believed that was cut short, damaged or written by another version.
///
/// `linnet-state lease 1 26 8f0c5a…` and the content.
package struct StateFile: Hashable, Sendable {
    package let path: String
    /// What the file holds, in one word.
    private let kind: String
    /// Of the content's form. It grows by one whenever a reader of the form before would misunderstand.
    private let version: Int

    package init(_ path: String, kind: String, version: Int) {
        self.path = path
        self.kind = kind
        self.version = version
    }

    /// Whether there is such a file, whatever it holds.
    package var isThere: Bool { Files.exists(path) }

    /// The content; nil if there is no such file.
    package func read() throws(StateFileError) -> [UInt8]? {
        let bytes: [UInt8]
        let type: FileStatus.Kind
        do throws(SystemCallError) {
            type = try Files.status(path).kind
            // Reading a pipe would wait for a writer. What a directory is, reading it says.
            bytes = type == .file || type == .directory ? try Files.read(path) : []
        } catch  where error.errno == .noEntry {
            return nil
        } catch {
            throw StateFileError(path: path, reason: "\(error)")
        }
        guard type == .file else { throw StateFileError(path: path, reason: "it is no file") }
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            throw damaged("it has no first line that says what it is")
        }
        let content = Array(bytes[(end + 1)...])
        // The line must be what would be written for this content: then no bit of it is wrong.
        let line = String(decoding: bytes[..<end], as: UTF8.self)
        guard line != header(of: content) else { return content }
        throw fault(in: line.split(separator: " ", omittingEmptySubsequences: false), content)
    }

    /// Replaces the file as a whole, readable by its owner only. When this throws, what was there before is untouched. Its
    /// directory is made again if somebody removed it.
    package func write(_ content: [UInt8]) throws(SystemCallError) {
        var bytes = Array("\(header(of: content))\n".utf8)
        bytes.append(contentsOf: content)
        do throws(SystemCallError) {
            try Files.writeAtomically(bytes, to: path, mode: 0o600)
        } catch  where error.errno == .noEntry {
            guard let directory = Files.parent(of: path) else { throw error }
            try Files.createDirectory(directory, mode: 0o700)
            try Files.writeAtomically(bytes, to: path, mode: 0o600)
        }
    }

    /// Removes the file, and what a write that was cut off left beside it.
    package func remove() throws(SystemCallError) {
        try Files.removeTemporaries(of: path)
        try Files.remove(path)
    }

    private func header(of content: [UInt8]) -> String {
        let checksum = String(CRC64.checksum(content), radix: 16)
        return "\(Self.mark) \(kind) \(version) \(content.count) \(checksum)"
    }

    /// What is wrong with a first line that is not as it should be.
    private func fault(in words: [Substring], _ content: [UInt8]) -> StateFileError {
        guard words.count == 5, words[0] == Self.mark else {
            return damaged("its first line does not say that it is a state file of Linnet")
        }
        // A word of rubbish may be as long as the file.
        let shown = words.map { $0.prefix(20) }
        guard words[1] == kind else {
            return StateFileError(path: path, reason: "it holds '\(shown[1])', not '\(kind)'")
        }
        guard words[2] == "\(version)" else {
            return StateFileError(path: path, reason: "it is of version \(shown[2]), and version \(version) is read")
        }
        guard words[3] == "\(content.count)" else {
            return damaged("\(content.count) bytes follow its first line, not \(shown[3])")
        }
        return damaged("its checksum does not fit its content")
    }

    private func damaged(_ reason: String) -> StateFileError {
        StateFileError(path: path, reason: "it is damaged: \(reason)")
    }

    private static let mark = "linnet-state"
}

/// Why a state file says nothing.
package struct StateFileError: Error, Hashable, Sendable, CustomStringConvertible {
    package let path: String
    package let reason: String

    package init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    package var description: String { "\(path): \(reason)" }
}
