import Glibc

/// The threads that run this process's tasks.
///
/// Swift's own pool is libdispatch's, which starts a monitor with its first thread: it wakes up every second for the rest
/// of the process's life. With this one an idle driver sleeps.
public final class TaskPool: TaskExecutor {
    /// The pool of the process: a thread for each processor, two at least and eight at most, started on demand.
    public static let shared = TaskPool(limit: min(8, max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

    private struct State {
        var jobs = Queue<UnownedJob>()
        var idle = 0
        var threads = 0
    }

    private let state = Monitor(State())
    private let limit: Int

    private init(limit: Int) {
        self.limit = limit
    }

    /// Called by the Swift runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let (needsThread, mustWake) = state.withLock { state -> (Bool, Bool) in
            state.jobs.append(job)
            if state.idle > 0 { return (false, true) }
            guard state.threads < limit else { return (false, false) }
            state.threads += 1
            return (true, false)
        }
        if needsThread { Thread.start { [self] in work() } }
        if mustWake { state.wakeOne() }
    }

    private func work() {
        while true {
            let job = state.wait(whileWaiting: \.idle) { $0.jobs.popFirst() }
            job.runSynchronously(on: asUnownedTaskExecutor())
        }
    }
}

/// Starts a task beside the requests, for work that a driver does unasked. Use this instead of `Task { }` and
/// `Task.detached { }`, which would start Swift's own pool.
@discardableResult
public func startTask<Success: Sendable>(_ body: @escaping @Sendable () async -> Success) -> Task<Success, Never> {
    Task.detached(executorPreference: TaskPool.shared, operation: body)
}
