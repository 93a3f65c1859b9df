import Testing

@testable import PlainHTTP

/// Four connections at most, three of one client. Those of client `a` are called a1, a2, … in the order in which they come.
@Suite struct ConnectionPlacesTests {
    enum Event: Sendable {
        case enter(String)
        /// A request is whole; its answer is taken; the client ends the connection.
        case begin(String)
        case end(String)
        case leave(String)
    }

    static let rows: [(situation: String, events: [Event], wanted: [String])] = [
        ("there is room", [.enter("a"), .enter("b")], ["a1", "b1"]),
        (
            "all are idle: the first goes", [.enter("a"), .enter("b"), .enter("c"), .enter("d"), .enter("e")],
            ["a1", "b1", "c1", "d1", "e1 for a1"]
        ),
        (
            "one that was answered is idle from then on",
            [.enter("a"), .enter("b"), .enter("c"), .enter("d"), .begin("a1"), .end("a1"), .enter("e")],
            ["a1", "b1", "c1", "d1", "e1 for b1"]
        ),
        (
            "one that is being answered stays",
            [.enter("a"), .enter("b"), .enter("c"), .enter("d"), .begin("a1"), .enter("e")],
            ["a1", "b1", "c1", "d1", "e1 for b1"]
        ),
        (
            "all are being answered",
            [
                .enter("a"), .enter("b"), .enter("c"), .enter("d"), .begin("a1"), .begin("b1"), .begin("c1"),
                .begin("d1"),
                .enter("e"), .end("c1"), .enter("e"),
            ],
            ["a1", "b1", "c1", "d1", "no", "e1 for c1"]
        ),
        (
            "one left", [.enter("a"), .enter("b"), .enter("c"), .enter("d"), .leave("b1"), .enter("e")],
            ["a1", "b1", "c1", "d1", "e1"]
        ),
        (
            "one client has its share", [.enter("b"), .enter("a"), .enter("a"), .enter("a"), .enter("a")],
            ["b1", "a1", "a2", "a3", "a4 for a1"]
        ),
        (
            "one client has its share and uses it",
            [
                .enter("a"), .enter("a"), .enter("a"), .begin("a1"), .begin("a2"), .begin("a3"), .enter("a"),
                .enter("b"),
            ],
            ["a1", "a2", "a3", "no", "b1"]
        ),
        (
            "what made room does nothing any more",
            [
                .enter("a"), .enter("b"), .enter("c"), .enter("d"), .enter("e"), .begin("a1"), .end("a1"), .leave("a1"),
                .enter("f"),
            ],
            ["a1", "b1", "c1", "d1", "e1 for a1", "f1 for b1"]
        ),
    ]

    @Test(arguments: rows)
    func `who may stay, and for whom another one goes`(
        _ row: (situation: String, events: [Event], wanted: [String])
    ) throws {
        var limits = HTTPLimits()
        (limits.connections, limits.connectionsOfClient) = (4, 3)
        var places = ConnectionPlaces<String>(limits)
        var names: [ConnectionPlaces<String>.ID: String] = [:]
        func id(_ name: String) throws -> ConnectionPlaces<String>.ID {
            try #require(names.first { $0.value == name }?.key)
        }
        var found: [String] = []
        for event in row.events {
            switch event {
            case .enter(let client):
                guard case .admitted(let id, let closing) = places.enter(client) else {
                    found.append("no")
                    continue
                }
                let name = client + "\(names.values.count { $0.hasPrefix(client) } + 1)"
                names[id] = name
                found.append(name + (closing.map { " for \(names[$0] ?? "?")" } ?? ""))
            case .begin(let name): places.begin(try id(name))
            case .end(let name): places.end(try id(name))
            case .leave(let name): places.leave(try id(name))
            }
        }
        #expect(found == row.wanted, "\(row.situation)")
    }
}
