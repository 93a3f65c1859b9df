import NetworkTypes
import Testing

@testable import ClusterDNS

/// Times are in milliseconds. The upstreams are 192.0.2.1 (`a`) and 192.0.2.2 (`b`); packets are `[7, n] + ten octets + n` on
/// the workers' side.
@Suite struct SecureConnectionTests {
    /// A machine whose clock is set by hand, and a log of what it wanted.
    private struct Bench {
        var machine = SecureConnections()
        var now = Duration.zero
        private(set) var log: [String] = []

        static let upstreams = ["a": upstream(1), "b": upstream(2)]

        private static func upstream(_ last: UInt8) -> Upstream {
            Upstream(.v4(IPv4Address(192, 0, 2, last)), port: 853, security: .tls(name: nil))
        }

        static func packet(_ number: UInt8) -> [UInt8] { [7, number] + Array(repeating: 0, count: 10) + [number] }

        static func id(_ number: UInt8) -> SecureQuestion.ID { SecureQuestion.ID(worker: 0, number: UInt64(number)) }

        mutating func ask(_ numbers: UInt8..., of upstream: String = "a") {
            for number in numbers {
                guard let upstream = Self.upstreams[upstream] else { continue }
                let question = SecureQuestion(id: Self.id(number), upstream: upstream, packet: Self.packet(number))
                take(machine.ask(question, now: now))
            }
        }

        mutating func end(_ numbers: UInt8...) {
            for number in numbers { take(machine.end(Self.id(number), now: now)) }
        }

        mutating func open(_ connection: UInt64) { take(machine.open(.init(number: connection), now: now)) }

        mutating func close(_ connection: UInt64, _ reason: String = "gone") {
            take(machine.close(.init(number: connection), reason, now: now))
        }

        /// A message comes by the number that it had on the way.
        mutating func receive(_ number: UInt8, on connection: UInt64, _ rest: UInt8 = 9) {
            let packet = [0, number] + Array(repeating: 1, count: 10) + [rest]
            take(machine.receive(packet, on: .init(number: connection), now: now))
        }

        mutating func wait(_ milliseconds: Int) {
            let end = now + .milliseconds(milliseconds)
            while let deadline = machine.deadline, deadline <= end {
                now = max(now, deadline)
                take(machine.expire(now: now))
            }
            now = end
        }

        /// What was wanted since the last call.
        mutating func wanted() -> [String] {
            defer { log = [] }
            return log
        }

        private mutating func take(_ actions: SecureActions) {
            log += actions.closes.map { "close \($0.number)" }
            log += actions.dials.map { dial in
                "dial \(dial.connection.number) \(Self.upstreams.first { $0.value == dial.upstream }?.key ?? "?")"
            }
            log += actions.writes.map { "write \($0.packet[12]) on \($0.connection.number) as \($0.packet[1])" }
            for outcome in actions.outcomes {
                switch outcome.result {
                case .received(let packet): log.append("\(outcome.question.number) got \(packet[1]):\(packet[12])")
                case .failed(let reason): log.append("\(outcome.question.number) failed: \(reason)")
                }
            }
            log += actions.notes.map { "note \($0.trouble ?? "good")" }
        }
    }

    /// A bench with an open connection 1 to `a`.
    private func opened() -> Bench {
        var bench = Bench()
        bench.ask(1)
        bench.open(1)
        bench.receive(1, on: 1)
        bench.end(1)
        _ = bench.wanted()
        return bench
    }

    @Test func `questions share a connection, which is dialled for the first`() {
        var bench = Bench()
        bench.ask(1, 2)
        #expect(bench.wanted() == ["dial 1 a"])
        bench.open(1)
        #expect(bench.wanted() == ["write 1 on 1 as 1", "write 2 on 1 as 2", "note good"])
        bench.ask(3)
        bench.ask(4, of: "b")
        #expect(bench.wanted() == ["write 3 on 1 as 3", "dial 2 b"])
    }

    @Test func `it is counted how each question came to its connection`() {
        var bench = Bench()
        bench.ask(1, 2)
        bench.open(1)
        bench.ask(3)
        bench.ask(4, of: "b")
        let uses = bench.machine.uses
        #expect(Bench.upstreams["a"].flatMap { uses[$0] } == ConnectionUses(shared: 2, dialled: 1))
        #expect(Bench.upstreams["b"].flatMap { uses[$0] } == ConnectionUses(shared: 0, dialled: 1))
    }

    @Test func `of upstreams without a connection the counts are forgotten when there are many`() {
        var bench = opened()
        for number in 0..<200 {
            let upstream = Upstream(.v4(IPv4Address(198, 51, 100, UInt8(number))), port: 853, security: .tls(name: nil))
            let id = SecureQuestion.ID(worker: 1, number: UInt64(number))
            let question = SecureQuestion(id: id, upstream: upstream, packet: Bench.packet(0))
            let dialled = bench.machine.ask(question, now: .zero).dials.map(\.connection)
            for connection in dialled { _ = bench.machine.close(connection, "refused", now: .zero) }
        }
        #expect(bench.machine.uses.count <= SecureTimes.mostCounted)
        #expect(Bench.upstreams["a"].flatMap { bench.machine.uses[$0] } != nil)
    }

    @Test func `answers come in any order, with the number that the question had`() {
        var bench = opened()
        bench.ask(2, 3)
        _ = bench.wanted()
        bench.receive(3, on: 1)
        bench.receive(2, on: 1)
        bench.receive(99, on: 1)
        #expect(bench.wanted() == ["3 got 3:9", "2 got 2:9"])
        // The worker may find that this was no answer to its question: until it ends it, more may come.
        bench.receive(3, on: 1, 8)
        bench.end(3)
        bench.receive(3, on: 1)
        #expect(bench.wanted() == ["3 got 3:8"])
    }

    @Test func `a server that answers again and again is heard sixteen times`() {
        var bench = opened()
        bench.ask(2)
        for _ in 0..<1000 { bench.receive(2, on: 1) }
        #expect(bench.wanted() == ["write 2 on 1 as 2"] + Array(repeating: "2 got 2:9", count: 16))
    }

    @Test func `a connection without questions is closed after ten seconds`() {
        var bench = opened()
        bench.wait(9000)
        bench.ask(2)
        bench.receive(2, on: 1)
        bench.end(2)
        #expect(bench.wanted() == ["write 2 on 1 as 2", "2 got 2:9"])
        bench.wait(9999)
        #expect(bench.wanted() == [])
        bench.wait(1)
        #expect(bench.wanted() == ["close 1"])
        #expect(bench.machine.deadline == nil)
        bench.ask(3)
        #expect(bench.wanted() == ["dial 2 a"])
    }

    @Test func `one that the server closes while nobody waits is forgotten`() {
        var bench = opened()
        bench.close(1)
        #expect(bench.wanted() == [])
        #expect(bench.machine.connections.isEmpty)
    }

    @Test func `one that the server closes while questions wait is dialled again at once, a single time`() {
        var bench = opened()
        bench.ask(2, 3)
        bench.close(1)
        #expect(bench.wanted() == ["write 2 on 1 as 2", "write 3 on 1 as 3", "dial 2 a"])
        bench.open(2)
        #expect(bench.wanted() == ["write 2 on 2 as 1", "write 3 on 2 as 2", "note good"])
        bench.close(2)
        #expect(bench.wanted() == ["2 failed: gone", "3 failed: gone", "note gone"])
    }

    @Test func `an upstream that cannot be reached fails all who wait, and rests for a second`() {
        var bench = Bench()
        bench.ask(1, 2)
        bench.close(1, "refused")
        #expect(bench.wanted() == ["dial 1 a", "1 failed: refused", "2 failed: refused", "note refused"])
        bench.wait(999)
        bench.ask(3)
        bench.ask(4, of: "b")
        #expect(bench.wanted() == ["3 failed: refused", "dial 2 b"])
        bench.wait(1)
        bench.ask(5)
        #expect(bench.wanted() == ["dial 3 a"])
    }

    @Test func `a connection has four seconds to come to be`() {
        var bench = Bench()
        bench.ask(1)
        bench.wait(3999)
        #expect(bench.wanted() == ["dial 1 a"])
        bench.wait(1)
        #expect(
            bench.wanted() == [
                "close 1", "1 failed: no connection within 4.0 seconds", "note no connection within 4.0 seconds",
            ]
        )
    }

    @Test func `a silent connection is not used for more, and a second one is tried`() {
        var bench = opened()
        bench.ask(2)
        bench.wait(899)
        bench.ask(3)
        #expect(bench.wanted() == ["write 2 on 1 as 2", "write 3 on 1 as 3"])
        bench.wait(1)
        bench.ask(4)
        #expect(bench.wanted() == ["dial 2 a"])
        bench.open(2)
        bench.wait(900)
        // Both are silent: there are no more than two.
        bench.ask(5)
        #expect(bench.wanted() == ["write 4 on 2 as 1", "note good", "write 5 on 2 as 2"])
        bench.end(2, 3)
        #expect(bench.wanted() == ["close 1"])
    }

    @Test func `a connection on which something comes is not silent`() {
        var bench = opened()
        bench.ask(2, 3)
        bench.wait(500)
        bench.receive(2, on: 1)
        bench.end(2)
        bench.wait(500)
        _ = bench.wanted()
        bench.ask(4)
        #expect(bench.wanted() == ["write 4 on 1 as 4"])
    }

    @Test func `questions that are ended before there is a connection are not sent`() {
        var bench = Bench()
        bench.ask(1, 2)
        bench.end(1)
        bench.open(1)
        #expect(bench.wanted() == ["dial 1 a", "write 2 on 1 as 2", "note good"])
        bench.end(2)
        bench.wait(10_000)
        #expect(bench.wanted() == ["close 1"])
    }

    @Test func `numbers that are in use are passed over`() {
        var bench = opened()
        bench.ask(2)
        for number in 3...200 {
            bench.ask(UInt8(number))
            bench.end(UInt8(number))
        }
        var connection = SecureConnection(to: .init(.v4(IPv4Address(192, 0, 2, 1))), at: .zero)
        let first = connection.add(Bench.id(1))
        for _ in 0..<Int(UInt16.max) {
            let number = connection.add(Bench.id(2))
            #expect(number != first)
            connection.waiting[number] = nil
        }
    }
}
