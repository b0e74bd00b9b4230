import Glibc

/// The threads that run this process's tasks.
///
/// Swift's own pool is libdispatch's, which starts a monitor with its first thread: it wakes up every second for the rest
/// of the process's life. With this one an idle driver sleeps.
public final class TaskPool: TaskExecutor {
    /// The pool of the process: a thread for each processor, two at least and eight at most.
    public static let shared = TaskPool(limit: min(8, max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

    private let threads: ThreadPool<(job: UnownedJob, executor: UnownedTaskExecutor)>

    private init(limit: Int) {
        threads = ThreadPool(limit: limit) { $0.job.runSynchronously(on: $0.executor) }
    }

    /// Called by the Swift runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        threads.submit((UnownedJob(job), asUnownedTaskExecutor()))
    }
}

/// Starts a task beside the requests, for work that a driver does unasked. Use this instead of `Task { }` and
/// `Task.detached { }`, which would start Swift's own pool.
@discardableResult
public func startTask<Success: Sendable>(_ body: @escaping @Sendable () async -> Success) -> Task<Success, Never> {
    Task.detached(executorPreference: TaskPool.shared, operation: body)
}
