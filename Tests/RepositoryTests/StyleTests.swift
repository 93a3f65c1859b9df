import Testing

/// Rules of style that a formatter cannot see. Each finds places as "file:line: text".
@Suite struct StyleTests {
    struct Ban: CustomTestStringConvertible, Sendable {
        let name: String
        let folders: [String]
        /// Files that may, by the end of their path.
        var except: [String] = []
        /// A line can only match if it contains one of these: they are found much faster than a pattern.
        let words: [String]
        let matches: @Sendable (Substring) -> Bool

        var testDescription: String { name }
    }

    static let bans: [Ban] = [
        Ban(name: "public access", folders: ["Sources"], words: ["public ", "open "]) {
            $0.contains(/(?:^|\s)(?:public|open)\s+(?!import)/)
        },
        Ban(name: "conditional compilation by platform", folders: ["Sources", "Tests"], words: ["#if"]) {
            $0.contains(/#if\s+(?:os|canImport)/)
        },
        Ban(name: "try that traps", folders: ["Sources"], words: ["try!"]) { _ in true },
        Ban(name: "traps with a message", folders: ["Sources"], words: ["fatalError("]) { _ in true },
        Ban(name: "all of Foundation", folders: ["Sources"], words: ["import Foundation"]) {
            $0.contains(/import Foundation\b(?!Essentials)/)
        },
        // A service manager is what systemd calls itself.
        Ban(
            name: "types named by what they are not",
            folders: ["Sources", "Tests"],
            except: ["AgentCore/Agent/ServiceManager.swift"],
            words: ["Manager", "Helper", "Util"]
        ) {
            $0.contains(/\b(?:struct|class|enum|actor|protocol)\s+\w*(?:Manager|Helper|Utils?|Utilities)\b/)
        },
        Ban(
            name: "fixed sleeps in tests",
            folders: ["Tests"],
            except: ["EndToEnd/Support/Polling.swift", "EtcdSourceTests/Support/Polling.swift"],
            words: ["sleep("]
        ) {
            $0.contains(/(?:^|[^\w.])(?:u|nano)?sleep\(|\b(?:Task|Thread)\.sleep\(/) && !$0.contains("func sleep(")
        },
    ]

    @Test(arguments: bans)
    func `nothing that is banned`(ban: Ban) throws {
        let found = try ban.folders.flatMap { try Repository.swiftFiles(under: $0) }
            .filter { file in !ban.except.contains { file.path.hasSuffix($0) } }
            .flatMap { $0.places(containing: ban.words, where: ban.matches) }
        #expect(found == [])
    }

    @Test func `no notes to self`() throws {
        let words = ["TODO", "FIXME", "XXX", "HACK"]
        let marks = /\b(?:TODO|FIXME|XXX|HACK)\b/
        let files = try ["Sources", "Tests"].flatMap { try Repository.swiftFiles(under: $0) }
        let found = files.filter { !$0.path.hasSuffix("RepositoryTests/StyleTests.swift") }.flatMap { file in
            file.lines.enumerated().filter { line in
                words.contains { line.element.has($0) } && line.element.contains(marks)
            }.map { "\(file.path):\($0.offset + 1)" }
        }
        #expect(found == [])
    }

    /// An unstructured task outlives its scope: the comment above it says who awaits it.
    @Test func `unstructured tasks say who awaits them`() throws {
        let found = try Repository.sources().flatMap { file in
            file.places(containing: ["Task"]) { $0.contains(/\bTask(?:\.detached)?(?:<[^>]*>)?\s*(?:\([^)]*\)\s*)?\{/) }
                .filter { place in
                    guard let number = Int(place.split(separator: ":")[1]), number >= 2 else { return true }
                    return !file.lines[max(0, number - 4)..<(number - 1)].contains {
                        $0.contains("//") && $0.contains("await")
                    }
                }
        }
        #expect(found == [])
    }

    @Test func `no file has more than 400 lines`() throws {
        let files = try ["Sources", "Tests"].flatMap { try Repository.swiftFiles(under: $0) }
        #expect(files.filter { $0.lines.count > 400 }.map { "\($0.path): \($0.lines.count)" } == [])
    }

    /// A message is constant, so that it can be searched for; what varies goes into the metadata.
    @Test func `log messages are constant`() throws {
        let call = /\b[lL]ogger\.(?:trace|debug|info|notice|warning|error|critical)\(\s*"(?:[^"\\]|\\[^(])*\\\(/
        let found = try Repository.sources().flatMap { file in
            file.lines.enumerated().filter { $0.element.has("ogger.") && $0.element.contains(call) }.map {
                "\(file.path):\($0.offset + 1)"
            }
        }
        #expect(found == [])
    }

    /// Sentences without a full stop, in lower case unless they begin with a name: they stand behind a level and a label.
    @Test func `log messages begin in lower case and end without a full stop`() throws {
        let call = /\b[lL]ogger\.(?:trace|debug|info|notice|warning|error|critical)\(\s*"([^"]*)"/
        let names = ["CNI", "IPv", "FDB", "MTU", "VXLAN", "MAC", "SIGHUP", "SIGTERM", "SIGINT", "Linnet"]
        let found = try Repository.sources().flatMap { file in
            file.lines.enumerated().compactMap { index, line -> String? in
                guard line.has("ogger."), let message = line.firstMatch(of: call)?.1, let first = message.first else {
                    return nil
                }
                let isName = names.contains { message.hasPrefix($0) }
                return (first.isUppercase && !isName) || message.hasSuffix(".")
                    ? "\(file.path):\(index + 1): \(message)" : nil
            }
        }
        #expect(found == [])
    }

    @Test func `types that cross a target say what they are`() throws {
        let declaration = /^package (?:final |indirect )?(?:struct|class|enum|actor|protocol) \w+/
        let found = try Repository.sources().flatMap { file in
            file.lines.enumerated().compactMap { index, line -> String? in
                guard line.hasPrefix("package "), line.contains(declaration) else { return nil }
                let above = file.lines[..<index].last { !$0.trimmed.hasPrefix("@") }
                return above?.trimmed.hasPrefix("///") == true ? nil : "\(file.path):\(index + 1): \(line.trimmed)"
            }
        }
        #expect(found == [])
    }
}

extension String {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
