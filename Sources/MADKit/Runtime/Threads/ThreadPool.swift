/// Threads that work on jobs, first come, first served: made on demand up to a limit, asleep for ever when there is nothing
/// to do.
final class ThreadPool<Job: Sendable>: Sendable {
    private struct State {
        var jobs = Queue<Job>()
        var idle = 0
        var threads = 0
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
            // Threads already woken for earlier jobs still count as idle.
            guard state.idle < state.jobs.count, state.threads < limit else { return false }
            state.threads += 1
            return true
        }
        if needsThread { Thread.start { [self] in run() } } else { state.wakeOne() }
    }

    private func run() {
        while true { work(state.wait(whileWaiting: \.idle) { $0.jobs.popFirst() }) }
    }
}
