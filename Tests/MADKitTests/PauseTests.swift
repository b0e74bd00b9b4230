import Testing

@testable import MADKit

@Suite struct PauseTests {
    @Test func aPauseLastsAsLongAsItSays() async throws {
        let clock = ContinuousClock()
        for milliseconds in [1, 20, 60] {
            let time = try await clock.measure { try await pause(for: .milliseconds(milliseconds)) }
            #expect(time >= .milliseconds(milliseconds))
        }
    }

    @Test func aCancelledPauseEndsAtOnce() async {
        let task = startTask { () -> Bool in
            do { try await pause(for: .seconds(1_000)) } catch { return error is CancellationError }
            return false
        }
        task.cancel()
        #expect(await task.value)
    }

    @Test func manyPausesEndInOrder() async {
        let order = Monitor([Int]())
        await withTaskGroup(of: Void.self) { group in
            for number in [5, 1, 4, 2, 3] {
                group.addTask {
                    try? await pause(for: .milliseconds(number * 60))
                    order.withLock { $0.append(number) }
                }
            }
        }
        #expect(order.withLock { $0 } == [1, 2, 3, 4, 5])
    }

    @Test func callsThatBlockDoNotBlockEachOther() async throws {
        let pool = BlockingPool(limit: 8)
        let gate = Monitor(0)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await pool.run {
                        gate.withLock { $0 += 1 }
                        gate.wakeAll()
                        #expect(gate.wait(until: .now + .seconds(10)) { $0 == 4 ? true : nil } == true)
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}
