import SeededNumbers
import Testing

@testable import LinuxSystem

@Suite struct DeadlineWheelTests {
    @Test func `a deadline is over at its tick and once`() {
        var wheel = DeadlineWheel()
        wheel.set(3, at: 5)
        #expect(wheel.next == 5)
        #expect(wheel.advance(to: 4) == [])
        #expect(wheel.advance(to: 5) == [3])
        #expect(wheel.advance(to: 9) == [])
        #expect(wheel.next == nil)
    }

    @Test func `a deadline that was moved on is not over at the old time`() {
        var wheel = DeadlineWheel()
        wheel.set(1, at: 5)
        wheel.set(1, at: 8)
        #expect(wheel.advance(to: 6) == [])
        #expect(wheel.advance(to: 8) == [1])
    }

    @Test func `a deadline that was brought forward is over at the new time`() {
        var wheel = DeadlineWheel()
        wheel.set(1, at: 800)
        wheel.set(1, at: 2)
        #expect(wheel.advance(to: 2) == [1])
        #expect(wheel.advance(to: 900) == [])
    }

    @Test func `a cleared deadline is never over`() {
        var wheel = DeadlineWheel()
        wheel.set(1, at: 5)
        wheel.clear(1)
        #expect(wheel.advance(to: 10) == [])
        #expect(wheel.next == nil)
    }

    @Test func `a deadline that is set again after it was cleared is over at the new time, sooner or later`() {
        var wheel = DeadlineWheel()
        for (index, tick) in [(1, UInt32(3)), (2, 5), (3, 9)] {
            wheel.set(Int32(index), at: 5)
            wheel.clear(Int32(index))
            wheel.set(Int32(index), at: tick)
        }
        #expect(wheel.advance(to: 4) == [1])
        #expect(wheel.advance(to: 5) == [2])
        #expect(wheel.advance(to: 8) == [])
        #expect(wheel.advance(to: 9) == [3])
    }

    @Test func `a deadline after some ticks counts from the one that it is`() {
        var wheel = DeadlineWheel()
        wheel.current = 7
        wheel.set(1, after: 2)
        #expect(wheel.advance(to: 8) == [])
        #expect(wheel.advance(to: 9) == [1])
    }

    @Test func `a deadline in the past is over at the next tick`() {
        var wheel = DeadlineWheel()
        _ = wheel.advance(to: 100)
        wheel.set(1, at: 3)
        #expect(wheel.advance(to: 101) == [1])
    }

    @Test(arguments: [UInt64](1...12))
    func `deadlines of any distance are over when they say`(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        var wheel = DeadlineWheel()
        var wanted: [Int32: UInt32] = [:]
        var now: UInt32 = 0
        for _ in 0..<4_000 {
            let index = Int32.random(in: 0..<50, using: &numbers)
            switch UInt32.random(in: 0..<8, using: &numbers) {
            case 0:
                wheel.clear(index)
                wanted[index] = nil
            case 1...4:
                let tick = now + UInt32.random(in: 1...5_000, using: &numbers)
                wheel.set(index, at: tick)
                wanted[index] = tick
            default:
                now += UInt32.random(in: 1...300, using: &numbers)
                let over = Set(wanted.filter { $0.value <= now }.keys)
                #expect(Set(wheel.advance(to: now)) == over)
                for index in over { wanted[index] = nil }
            }
        }
    }
}
