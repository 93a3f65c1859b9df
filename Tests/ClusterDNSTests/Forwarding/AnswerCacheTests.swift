import DNSWire
import NetworkTypes
import SeededNumbers
import Testing

@testable import ClusterDNS

/// Names are `n0.test` and so on; an answer is told from others by the last octet of its address.
@Suite struct AnswerCacheTests {
    /// What a cache must know, kept the simple way.
    private struct Known {
        let octet: UInt8
        let arrival: Int64
        let lifetime: UInt32
    }

    private func cache(_ limit: Int, _ generator: inout SeededNumbers) -> AnswerCache {
        AnswerCache(limit: limit, hasher: NameHasher(using: &generator))
    }

    private func question(_ index: Int, _ type: RecordType = .a) -> ForwardedQuestion {
        ForwardedQuestion(named("n\(index).test"), type)
    }

    private func answer(_ question: ForwardedQuestion, _ octet: UInt8, padding: Int = 0) -> ResolvedAnswer {
        let records = [ResourceRecord(question.name, ttl: 600, .a(IPv4Address(192, 0, 2, octet)))]
        let more = ResourceRecord(question.name, ttl: 600, .txt([Array(repeating: 0x61, count: padding)]))
        return ResolvedAnswer(.noError, ReplyBody(to: question.name, answers: records + (padding > 0 ? [more] : [])))
    }

    private func octet(_ cache: AnswerCache, _ question: ForwardedQuestion, at now: Int64) throws -> UInt8? {
        guard let place = cache.find(question), cache[place].use(at: now) == .current else { return nil }
        let message = try #require(ResolvedAnswer(cache, at: place, now: now).message(to: question))
        guard case .a(let address) = message.answers.first?.data else { return nil }
        return address.bytes.last
    }

    @Test(arguments: [UInt64(1), 2, 3, 4])
    func `with room for all, it knows exactly what a dictionary knows`(seed: UInt64) throws {
        var generator = SeededNumbers(seed: seed)
        var cache = cache(8 << 20, &generator)
        var model: [ForwardedQuestion: Known] = [:]
        var now: Int64 = 0
        for _ in 0..<20_000 {
            now += Int64.random(in: 0...500, using: &generator)
            let type: RecordType = Bool.random(using: &generator) ? .a : .aaaa
            let asked = question(Int.random(in: 0..<300, using: &generator), type)
            if Int.random(in: 0..<3, using: &generator) == 0 {
                let octet = UInt8.random(in: 0...255, using: &generator)
                let lifetime = UInt32.random(in: 0...120, using: &generator)
                cache.store(answer(asked, octet), to: asked, lifetime: lifetime, now: now)
                if lifetime > 0 { model[asked] = Known(octet: octet, arrival: now, lifetime: lifetime) }
            } else {
                let known = model[asked].flatMap { now < $0.arrival + Int64($0.lifetime) * 1000 ? $0.octet : nil }
                #expect(try octet(cache, asked, at: now) == known)
            }
        }
        #expect(cache.count == model.count)
        #expect(cache.counts.evictions == 0)
    }

    @Test(arguments: [16 << 10, 64 << 10, 1 << 20], [false, true])
    func `memory stays within its bound, and what is found is right`(limit: Int, isSmallFirst: Bool) throws {
        var generator = SeededNumbers(seed: UInt64(limit))
        var cache = cache(limit, &generator)
        var model: [ForwardedQuestion: UInt8] = [:]
        for round in 0..<20_000 {
            let asked = question(Int.random(in: 0..<5000, using: &generator))
            let octet = UInt8.random(in: 0...255, using: &generator)
            // Small ones first take places beside which large ones find no room; large ones first leave few for small.
            let isSmall = (round < 10_000) == isSmallFirst
            let padding = isSmall ? 0 : Int.random(in: 0...2000, using: &generator)
            switch Int.random(in: 0..<10, using: &generator) {
            case 0: cache.storeFailure(of: asked, now: Int64(round))
            case 1...7:
                cache.store(answer(asked, octet, padding: padding), to: asked, lifetime: 600, now: Int64(round))
                model[asked] = octet
            default:
                if let found = try self.octet(cache, asked, at: Int64(round)) { #expect(found == model[asked]) }
            }
            if round == 15_000 { cache.forgetFailures() }
            guard cache.size <= limit else {
                Issue.record("\(cache.size) octets of \(limit) in round \(round)")
                return
            }
        }
        // Places for entries are a part of it that small ones do not fill.
        #expect(cache.size > limit / 3)
        #expect(cache.counts.evictions > 0)
        #expect(cache.count == cache.counts.answers + cache.counts.failures)
    }

    @Test func `a flood of names that are asked once leaves the popular ones`() throws {
        var generator = SeededNumbers(seed: 7)
        var cache = cache(256 << 10, &generator)
        for index in 0..<50 { cache.store(answer(question(index), 1), to: question(index), lifetime: 86_400, now: 0) }
        for index in 1000..<100_000 {
            cache.store(answer(question(index), 2), to: question(index), lifetime: 86_400, now: 0)
            if index % 4 == 0 {
                let place = try #require(cache.find(question(index / 4 % 50)))
                _ = cache.noteUse(place, now: 0)
            }
        }
        for index in 0..<50 { #expect(try octet(cache, question(index), at: 0) == 1) }
    }

    @Test func `what is far too large is not remembered, and takes nobody's place`() throws {
        var generator = SeededNumbers(seed: 7)
        var cache = cache(64 << 10, &generator)
        cache.store(answer(question(1), 1), to: question(1), lifetime: 60, now: 0)
        cache.store(answer(question(2), 1, padding: 20_000), to: question(2), lifetime: 60, now: 0)
        #expect(cache.find(question(1)) != nil)
        #expect(cache.find(question(2)) == nil)
    }

    @Test func `names are found in any case, and only whole`() throws {
        var generator = SeededNumbers(seed: 7)
        var cache = cache(64 << 10, &generator)
        let asked = ForwardedQuestion(named("WWW.Example.test"), .a)
        cache.store(answer(asked, 1), to: asked, lifetime: 60, now: 0)
        #expect(cache.find(ForwardedQuestion(named("www.eXample.TEST"), .a)) != nil)
        #expect(cache.find(ForwardedQuestion(named("example.test"), .a)) == nil)
        #expect(cache.find(ForwardedQuestion(named("www.example.test"), .aaaa)) == nil)
        #expect(cache.find(ForwardedQuestion(named("www.example.test"), .a, class: .ch)) == nil)
    }

    @Test func `the index finds what is in it, whatever was removed`() {
        var generator = SeededNumbers(seed: 3)
        var index = CacheIndex(most: 400)
        // Hashes that meet at few places.
        let hashes = (0..<400).map { _ in UInt64.random(in: 0..<20, using: &generator) << 20 }
        var present: Set<Int> = []
        for _ in 0..<20_000 {
            let number = Int.random(in: 0..<400, using: &generator)
            if present.contains(number) {
                index.remove(number, hashes[number]) { hashes[$0] }
                present.remove(number)
            } else {
                index.insert(number, hashes[number])
                present.insert(number)
            }
            let sought = Int.random(in: 0..<400, using: &generator)
            let found = index.find(hashes[sought]) { $0 == sought }
            #expect((found == sought) == present.contains(sought))
        }
        #expect(index.count == present.count)
    }
}
