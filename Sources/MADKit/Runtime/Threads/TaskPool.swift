import Glibc

/// The threads that run this process's tasks.
///
/// Swift's own pool is libdispatch's, which starts a monitor with its first thread: it wakes up every second for the rest
/// of the process's life. With this one an idle driver sleeps.
public final class TaskPool: TaskExecutor {
    /// The pool of the process: a thread for each processor, two at least and eight at most.
    public static let shared = TaskPool(limit: min(8, max(2, sysconf(Int32(_SC_NPROCESSORS_ONLN)))))

    private enum Work: Sendable {
        case task(UnownedJob, UnownedTaskExecutor)
        case guest(@Sendable () -> Void)
    }

    /// What a thread of the pool keeps for itself; touched by that thread alone.
    private final class Own {
        var isKeeping = false
        var kept = Queue<Work>()
    }

    private let threads: ThreadPool<Work>
    /// Where each thread has its ``Own``.
    private let slot: pthread_key_t

    private init(limit: Int) {
        var slot = pthread_key_t()
        pthread_key_create(&slot, nil)
        self.slot = slot
        threads = ThreadPool(limit: limit) { TaskPool.shared.carryOut($0) }
    }

    /// Called by the Swift runtime.
    public func enqueue(_ job: consuming ExecutorJob) {
        submit(.task(UnownedJob(job), asUnownedTaskExecutor()))
    }

    /// Runs `body` soon, on a thread that does not count as one of the pool's meanwhile: `body` may wait for as long as it
    /// likes.
    package func host(_ body: @escaping @Sendable () -> Void) {
        submit(.guest(body))
    }

    /// Runs `body` now. What it starts or resumes is left to this thread, if it is one of the pool's: no other needs to be
    /// woken. For callers that have nothing else to do, because it begins when they have returned to the pool.
    package func continueHere(_ body: () -> Void) {
        guard let own else { return body() }
        own.isKeeping = true
        defer { own.isKeeping = false }
        body()
    }

    private func submit(_ work: Work) {
        if let own, own.isKeeping { own.kept.append(work) } else { threads.submit(work) }
    }

    private func carryOut(_ work: Work) {
        let own = own ?? makeOwn()
        var next: Work? = work
        while let work = next {
            switch work {
            case .task(let job, let executor): job.runSynchronously(on: executor)
            case .guest(let body): threads.lend(body)
            }
            next = own.kept.popFirst()
        }
    }

    /// What the calling thread keeps; `nil` for one that is not of the pool, or has not worked yet.
    private var own: Own? {
        pthread_getspecific(slot).map { Unmanaged<Own>.fromOpaque($0).takeUnretainedValue() }
    }

    /// Made once for each thread, and never freed: neither are the threads.
    private func makeOwn() -> Own {
        let own = Own()
        pthread_setspecific(slot, Unmanaged.passRetained(own).toOpaque())
        return own
    }
}

/// Starts a task beside the requests, for work that a driver does unasked. Use this instead of `Task { }` and
/// `Task.detached { }`, which would start Swift's own pool.
@discardableResult
public func startTask<Success: Sendable>(_ body: @escaping @Sendable () async -> Success) -> Task<Success, Never> {
    Task.detached(executorPreference: TaskPool.shared, operation: body)
}
