import LinuxSystem
import NetworkTypes
import Testing

@testable import Ingress

/// The file in which names outlive the process.
struct ExternalNameMemoryTests {
    private static let names = NamePlace.names(
        "b.example 198.51.100.1 2001:db8::1",
        "a.example ::ffff:198.51.100.2",
        "c.example"
    )

    @Test func `what is kept is read again, and readable by its owner only`() throws {
        let place = try NamePlace()
        #expect(try place.memory.load().isEmpty)
        try place.memory.save(Self.names)
        #expect(try place.memory.load() == Self.names)
        #expect(try Files.status(place.file).mode == 0o600)
        let text = String(decoding: try Files.read(place.file), as: UTF8.self)
        #expect(text.hasPrefix("linnet-state names 1 "))
        let lines = text.split(separator: "\n").dropFirst()
        #expect(lines.map { $0.prefix(9) } == ["a.example", "b.example", "c.example"])
    }

    @Test func `where nothing is to be kept there is no file`() throws {
        let place = try NamePlace()
        try place.memory.save([:])
        #expect(!Files.exists(place.file))
        try place.memory.save(Self.names)
        try place.memory.save([:])
        #expect(!Files.exists(place.file))
    }

    @Test func `what killed writers left goes at a start, and all of it where names are not called`() throws {
        let place = try NamePlace()
        try place.memory.save(Self.names)
        let rest = "\(place.directory)/.ingress-names.x1.tmp"
        try Files.writeAtomically("half", to: rest, mode: 0o600)
        try place.memory.tidy(isKept: true)
        #expect(!Files.exists(rest) && Files.exists(place.file))
        try place.memory.tidy(isKept: false)
        #expect(try Files.list(place.directory).isEmpty)
    }

    @Test(
        arguments: [
            ("a.example \n", "its lines are not those of names"),
            ("a.example 198.51.100.1 x\n", "its lines are not those of names"),
            ("a.example 198.51.100.1  198.51.100.2\n", "its lines are not those of names"),
            ("no_name 198.51.100.1\n", "its lines are not those of names"),
            (" 198.51.100.1\n", "its lines are not those of names"),
            ("a.example 198.51.100.1\nb example\n", "its lines are not those of names"),
        ]
    )
    func `lines that this version does not write are not believed`(content: String, reason: String) throws {
        let place = try NamePlace()
        try StateFile(place.file, kind: "names", version: 1).write(Array(content.utf8))
        let error = #expect(throws: StateFileError.self) { try place.memory.load() }
        #expect(error?.reason == reason)
    }
}
