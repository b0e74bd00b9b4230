/// Threads for calls that block: files on a network disk, C libraries without an asynchronous form.
///
/// Threads are made when all others are busy, up to a limit, and then wait for ever without waking; Swift's own pool
/// stays free for work that moves.
public final class BlockingPool: Sendable {
    private struct State {
        var jobs = Queue<@Sendable () -> Void>()
        var idle = 0
        var threads = 0
    }

    private let state = Monitor(State())
    private let limit: Int

    /// - Parameter limit: the most threads to start.
    public init(limit: Int = 16) {
        self.limit = limit
    }

    /// Runs `body` on a thread of the pool and returns what it returns or throws what it throws.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            submit { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    private func submit(_ job: @escaping @Sendable () -> Void) {
        let needsThread = state.withLock { state -> Bool in
            state.jobs.append(job)
            guard state.idle < state.jobs.count, state.threads < limit else { return false }
            state.threads += 1
            return true
        }
        if needsThread { Thread.start { [self] in work() } } else { state.wakeOne() }
    }

    private func work() {
        while true {
            let job = state.wait(whileWaiting: \.idle) { $0.jobs.popFirst() }
            job()
        }
    }
}
