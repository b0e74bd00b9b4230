/// Threads that work on jobs, first come, first served: made on demand up to a limit, asleep for ever when there is nothing
/// to do.
final class ThreadPool<Job: Sendable>: Sendable {
    private struct State {
        var jobs = Queue<Job>()
        var idle = 0
        var threads = 0

        /// True when a thread has to be made, which counts from now on.
        mutating func needsThread(limit: Int) -> Bool {
            // Threads already woken for earlier jobs still count as idle.
            guard idle < jobs.count, threads < limit else { return false }
            threads += 1
            return true
        }
    }

    private let state = Monitor(State())
    private let limit: Int
    private let work: @Sendable (Job) -> Void

    /// - Parameters:
    ///   - limit: the most threads.
    ///   - work: does a job, on one of them.
    init(limit: Int, work: @escaping @Sendable (Job) -> Void) {
        self.limit = limit
        self.work = work
    }

    /// Takes a job; returns at once.
    func submit(_ job: Job) {
        let needsThread = state.withLock { state -> Bool in
            state.jobs.append(job)
            return state.needsThread(limit: limit)
        }
        if needsThread { Thread.start { [self] in run() } } else { state.wakeOne() }
    }

    /// Runs `body` on the calling thread, one of the pool's, which does not count as one meanwhile: `body` may wait for as
    /// long as it likes.
    func lend(_ body: () -> Void) {
        let needsThread = state.withLock { state in
            state.threads -= 1
            return state.needsThread(limit: limit)
        }
        if needsThread { Thread.start { [self] in run() } }
        body()
        state.withLock { $0.threads += 1 }
    }

    private func run() {
        while true { work(state.wait(whileWaiting: \.idle) { $0.jobs.popFirst() }) }
    }
}
