import Foundation
import HTTPWire
import SeededNumbers
import Testing

/// Messages that are nearly right go through every reader, at once and in parts, and are compared with a plain reading. A
/// trap ends the run: spans check each access, so that reading outside of a message is one.
///
/// `HTTP_MUTATION_ROUNDS` sets how many messages, `HTTP_MUTATION_SEED` where to begin.
@Suite struct MutationTests {
    static let rounds = setting("HTTP_MUTATION_ROUNDS") ?? 2000
    static let seed = setting("HTTP_MUTATION_SEED") ?? 7

    private static func setting(_ name: String) -> Int? {
        ProcessInfo.processInfo.environment[name].flatMap { Int($0) }
    }

    @Test func `mutated requests are read as a plain reading reads them, however they are cut`() {
        var mutator = MessageMutator(seed: UInt64(Self.seed))
        var outcomes: [String: Int] = [:]
        var parser = RequestParser(HeadLimits())
        for round in 0..<Self.rounds {
            let octets = mutator.message(of: MessageMutator.requests)
            let outcome = Reading.request(octets, [], &parser)
            let parts = Reading.request(octets, mutator.cuts(of: octets), &parser)
            let isAccepted = outcome.first?.isNumber != true && outcome != "incomplete" && outcome != "preface"
            outcomes[isAccepted ? "read" : String(outcome.prefix(3)), default: 0] += 1
            let fault = outcome == parts ? RequestFaults.fault(octets, isAccepted, parser) : "in parts: \(parts)"
            if let fault {
                Issue.record("round \(round): \(fault), \(outcome): \(Wire.text(octets))")
                return
            }
        }
        for outcome in ["read", "400", "inc"] {
            #expect(outcomes[outcome] ?? 0 > Self.rounds / 50, "\(outcome): \(outcomes)")
        }
    }

    @Test func `mutated responses are read or refused the same, however they are cut`() {
        var mutator = MessageMutator(seed: UInt64(Self.seed))
        var accepted = 0
        for round in 0..<Self.rounds {
            let octets = mutator.message(of: MessageMutator.responses)
            let outcome = Reading.response(octets)
            let parts = Reading.response(octets, cuts: mutator.cuts(of: octets))
            if outcome.first?.isNumber == true {
                accepted += 1
                let plain = PlainReading.head(octets)
                let lengths = plain?.values("content-length").count ?? 2
                let codings = plain?.values("transfer-encoding").count ?? 2
                if lengths + codings > 1 { Issue.record("round \(round): \(outcome): \(Wire.text(octets))") }
            }
            if outcome != parts {
                Issue.record("round \(round): \(outcome), in parts \(parts): \(Wire.text(octets))")
                return
            }
        }
        #expect(accepted > Self.rounds / 10 && accepted < Self.rounds)
    }

    @Test func `mutated chunks are read as a plain reading reads them, however they are cut`() {
        var mutator = MessageMutator(seed: UInt64(Self.seed))
        var complete = 0
        for round in 0..<Self.rounds {
            let octets = mutator.message(of: MessageMutator.bodies)
            let outcome = ChunkedReaderTests.read(octets, cuts: [], limits: ChunkLimits())
            let parts = ChunkedReaderTests.read(octets, cuts: mutator.cuts(of: octets), limits: ChunkLimits())
            let plain = PlainReading.chunks(octets)
            let hasEnded = outcome.contains("] end")
            if hasEnded { complete += 1 }
            let isSame = plain.map { outcome.hasPrefix("[\(Wire.text($0.data))] end") } ?? !hasEnded
            if outcome != parts || !isSame {
                Issue.record("round \(round): \(outcome), in parts \(parts): \(Wire.text(octets))")
                return
            }
        }
        #expect(complete > Self.rounds / 10 && complete < Self.rounds)
    }

    @Test func `mutated paths become what splitting them makes of them, and stay so`() {
        var mutator = MessageMutator(seed: UInt64(Self.seed))
        var normaliser = PathNormaliser()
        var rewritten = 0
        for round in 0..<Self.rounds {
            let octets = mutator.message(of: MessageMutator.paths)
            guard !octets.isEmpty else { continue }
            let merges = round % 2 == 0
            var outcome: [UInt8]?
            switch normaliser.normalise(octets.span, mergingSlashes: merges) {
            case .asIs: outcome = octets
            case .rewritten:
                rewritten += 1
                outcome = normaliser.octets
                var again = PathNormaliser()
                if again.normalise(normaliser.octets.span, mergingSlashes: merges) != .asIs { outcome = [] }
            case .refused: outcome = nil
            }
            let path = Wire.latin(octets)
            let plain = PlainReading.path(path, mergingSlashes: merges)
            if outcome.map({ Wire.latin($0) }) != plain {
                Issue.record(
                    "round \(round): \(String(describing: outcome)), not \(String(describing: plain)): \(path)"
                )
                return
            }
        }
        #expect(rewritten > Self.rounds / 10)
    }
}

/// What is wrong with how a request was read.
private enum RequestFaults {
    static func fault(_ octets: [UInt8], _ isAccepted: Bool, _ parser: RequestParser) -> String? {
        guard isAccepted else { return nil }
        guard let plain = PlainReading.head(octets) else { return "accepted, but not by a plain reading" }
        let head = parser.head
        let fields = (0..<head.fields.count).map { head.fields[$0] }
        guard fields.count == plain.fields.count else { return "another number of fields" }
        for (field, other) in zip(fields, plain.fields)
        where Wire.latin(octets[field.nameRange]) != other.name || Wire.latin(octets[field.valueRange]) != other.value {
            return "another field \(other)"
        }
        if plain.values("host").count > 1 || plain.values("host").isEmpty && head.minorVersion == 1 { return "hosts" }
        let (lengths, codings) = (plain.values("content-length"), plain.values("transfer-encoding"))
        guard lengths.count + codings.count < 2 else { return "framed twice" }
        let isChunked = codings.first?.lowercased() == "chunked"
        guard isChunked != codings.isEmpty else { return "another coding" }
        let body =
            isChunked ? .chunked : lengths.first.map { RequestBody.octets(UInt64($0) ?? .max) } ?? RequestBody.none
        guard head.body == body else { return "another body" }
        return rewritten(octets, head)
    }

    /// Writes the head anew and reads that: it has to mean the same.
    private static func rewritten(_ octets: [UInt8], _ head: RequestHead) -> String? {
        var buffer = OctetBuffer()
        let target = head.target
        buffer.appendRequestLine(
            method: octets.span.extracting(head.methodRange),
            target: octets.span.extracting(target)
        )
        if head.minorVersion == 0, !head.fields.contains(.host) { buffer.appendField(name: "Host", value: "") }
        buffer.appendFields(copy: head.fields, of: octets.span) { _ in true }
        buffer.append("\r\n" as StaticString)
        var parser = RequestParser(HeadLimits())
        var scanned = 0
        let count = buffer.count
        guard parser.parse(buffer.octets.span, resumingAt: &scanned) == .complete(length: count) else {
            return "what is written is refused"
        }
        let again = parser.head
        if again.method != head.method || again.body != head.body || again.form != head.form {
            return "written otherwise"
        }
        if buffer.octets[again.path] != octets[head.path] { return "another path is written" }
        return nil
    }
}
