import Foundation

/// The files of the checkout, found from where this file was compiled.
enum Repository {
    /// The top-level folder. Links are resolved, so that a build folder that links to Sources and Tests works too.
    static let root: URL = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    private static let sourceFiles = Result { try read("Sources") }
    private static let testFiles = Result { try read("Tests") }

    /// Every Swift file under Sources or Tests, in path order. Each is read once, for all tests.
    static func swiftFiles(under folder: String) throws -> [SourceFile] {
        try (folder == "Sources" ? sourceFiles : testFiles).get()
    }

    private static func read(_ folder: String) throws -> [SourceFile] {
        let base = root.appendingPathComponent(folder)
        let names = try FileManager.default.subpathsOfDirectory(atPath: base.path).filter { $0.hasSuffix(".swift") }
        return try names.sorted().map { try SourceFile(path: "\(folder)/\($0)") }
    }

    /// Everything that ships.
    static func sources() throws -> [SourceFile] { try swiftFiles(under: "Sources") }

    /// The names in a folder, sorted.
    static func names(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path).sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
    }
}

/// A Swift file, by lines.
struct SourceFile {
    /// Relative to the top-level folder.
    let path: String
    let lines: [String]
    /// The lines without comments and without what is between quotes; lines of a text over several lines are empty.
    private let code: [Substring]

    init(path: String) throws {
        self.path = path
        var lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
        var insideText = false
        code = lines.map { line in
            let isDelimiter = line.has("\"\"\"") && line.components(separatedBy: "\"\"\"").count % 2 == 0
            defer { if isDelimiter { insideText.toggle() } }
            return insideText || isDelimiter ? "" : Self.code(of: line)
        }
    }

    /// The target's name: the folder under Sources.
    var target: String { String(path.split(separator: "/")[1]) }

    /// What each import line names, without submodules.
    var imports: [String] {
        lines.filter { $0.has("import ") }.compactMap { line in
            guard
                let match = line.firstMatch(
                    of: /^(?:@\w+ )*(?:package |internal |private |public )?import (?:\w+ )?(\w+)/
                )
            else { return nil }
            return String(match.1)
        }
    }

    /// The lines on which the code contains one of the words and matches, as "path:line: text".
    func places(containing words: [String], where matches: (Substring) -> Bool = { _ in true }) -> [String] {
        code.indices.filter { index in words.contains { code[index].has($0) } && matches(code[index]) }
            .map { "\(path):\($0 + 1): \(lines[$0].trimmingCharacters(in: .whitespaces))" }
    }

    /// The line without its comment and without what is between quotes.
    private static func code(of line: String) -> Substring {
        guard line.has("\"") || line.has("//") else { return Substring(line) }
        let withoutText = line.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"")
        guard let comment = withoutText.firstRange(of: "//") else { return Substring(withoutText) }
        return Substring(withoutText[..<comment.lowerBound])
    }
}

extension StringProtocol {
    /// Whether it contains the text, byte by byte: two orders of magnitude faster than a search by characters.
    func has(_ text: String) -> Bool { strstr(String(self), text) != nil }
}
