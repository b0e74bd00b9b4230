import Glibc
import Testing

@testable import MADKit

@Suite(.timeLimit(.minutes(1))) struct TaskPoolTests {
    private static func thisThread() -> pthread_t { pthread_self() }

    @Test func whatWaitsAsAGuestTakesNoThreadFromTheTasks() async {
        let state = Monitor((present: 0, isOver: false))
        let guests = 20
        for _ in 0..<guests {
            TaskPool.shared.host {
                state.withLock { $0.present += 1 }
                state.wakeAll()
                state.waitUntil { $0.isOver ? () : nil }
                state.withLock { $0.present -= 1 }
                state.wakeAll()
            }
        }
        state.waitUntil { $0.present == guests ? () : nil }
        let sum = await withTaskGroup(of: Int.self) { group in
            for number in 0..<100 { group.addTask { await startTask { number }.value } }
            return await group.reduce(0, +)
        }
        #expect(sum == 4_950)
        state.withLock { $0.isOver = true }
        state.wakeAll()
        state.waitUntil { $0.present == 0 ? () : nil }
    }

    @Test func whatIsContinuedHereIsDoneByTheSameThread() async {
        let isSame = await startTask {
            let thread = TaskPoolTests.thisThread()
            let next = Monitor<Task<pthread_t, Never>?>(nil)
            TaskPool.shared.continueHere {
                let task = startTask { TaskPoolTests.thisThread() }
                next.withLock { $0 = task }
            }
            return await next.withLock { $0 }?.value == thread
        }.value
        #expect(isSame)
    }

    @Test func outsideOfThePoolWhatIsContinuedIsStartedAsEver() async {
        let sum: Int = await withCheckedContinuation { continuation in
            Thread.start {
                TaskPool.shared.continueHere { _ = startTask { continuation.resume(returning: 3) } }
            }
        }
        #expect(sum == 3)
    }
}
