import Foundation

/// The files of the checkout, found from where this file was compiled.
enum Repository {
    /// The top-level folder. Links are resolved, so that a build folder that links to Sources and Tests works too.
    static let root: URL = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Every Swift file under a top-level folder, in path order.
    static func swiftFiles(under folder: String) throws -> [SourceFile] {
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

    init(path: String) throws {
        self.path = path
        var lines = try Repository.text(path).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        self.lines = lines
    }

    /// The target's name: the folder under Sources.
    var target: String { String(path.split(separator: "/")[1]) }

    /// What each import line names, without submodules.
    var imports: [String] {
        lines.compactMap { line in
            guard
                let match = line.firstMatch(
                    of: /^(?:@\w+ )*(?:package |internal |private |public )?import (?:\w+ )?(\w+)/
                )
            else { return nil }
            return String(match.1)
        }
    }

    /// The lines as "path:line: text" on which the code, comments and string literals taken out, matches.
    func places(where matches: (Substring) -> Bool) -> [String] {
        var found: [String] = []
        var insideText = false
        for (index, line) in lines.enumerated() {
            let delimiters = line.matches(of: /"""/).count
            defer { if delimiters % 2 == 1 { insideText.toggle() } }
            if insideText || delimiters > 0 { continue }
            if matches(Self.code(of: line)) {
                found.append("\(path):\(index + 1): \(line.trimmingCharacters(in: .whitespaces))")
            }
        }
        return found
    }

    /// The line without its comment and without what is between quotes.
    private static func code(of line: String) -> Substring {
        let withoutText = line.replacing(/"(?:[^"\\]|\\.)*"/, with: "\"\"")
        guard let comment = withoutText.firstRange(of: "//") else { return Substring(withoutText) }
        return Substring(withoutText[..<comment.lowerBound])
    }
}
