/// Runs operations: in order within a job, in parallel across jobs, a bounded number at once, each under a deadline.
///
/// Operations wait in memory, never in the reader. A place in a pool is held by a worker task, which runs one operation
/// after another and ends when none is ready; an idle driver has no tasks and no timers. Lanes take turns, so a job with
/// a thousand copies delays another job's first copy by one copy at most.
final class Dispatcher: Sendable {
    /// How many operations run at once.
    struct Places: Sendable {
        var urgent = 64
        var control = 32
        var bulk = 16
    }

    private let state: Monitor<DispatcherState>
    private let log: Log

    init(places: Places, log: Log) {
        state = Monitor(DispatcherState(places: [places.urgent, places.control, places.bulk]))
        self.log = log
    }

    /// Takes operations in the order of their requests, and leaves none behind; returns at once.
    func submit(_ operations: inout [Operation]) {
        guard !operations.isEmpty else { return }
        var tasks: [Task<Void, Never>] = []
        let mustWake = state.withLock { state -> Bool in
            for operation in operations {
                let calledOff = state.enqueue(operation)
                // Under the lock: the replacing operation must not be answered before those that it replaces.
                for reply in calledOff.replies {
                    reply.fail(MADError(.cancelled, "cancelled by a later request of the job"))
                }
                tasks += calledOff.tasks
            }
            // Now, while no other thread has touched them.
            operations.removeAll(keepingCapacity: true)
            for pool in Operation.Pool.allCases { hire(pool, &state) }
            return !tasks.isEmpty && state.schedule(state.earliestDeadline)
        }
        if mustWake { state.wakeAll() }
        // Outside the lock: a task's cancellation handlers run here and now.
        for task in tasks { task.cancel() }
    }

    /// How many operations could begin if there were places for them.
    var backlog: Int { state.withLock { $0.backlog } }

    /// Waits until nothing is queued or running; false when `deadline` came first.
    func waitUntilIdle(until deadline: Instant) -> Bool {
        state.wait(until: deadline) { state in
            state.isAwaited = true
            return state.isIdle ? true : nil
        } ?? false
    }

    /// Calls everything off: answers what is queued or running with `error` and cancels the tasks.
    func callOff(_ error: MADError) {
        let calledOff = state.withLock { $0.callOff() }
        for reply in calledOff.replies { reply.fail(error) }
        for task in calledOff.tasks { task.cancel() }
    }

    /// Gives free places of `pool` to ready operations.
    private func hire(_ pool: Operation.Pool, _ state: inout DispatcherState) {
        while state.mayHire(in: pool) {
            // The task cannot get past the lock before its handle is stored.
            let worker = state.reserveWorker(in: pool)
            state.workers[worker].task = startTask { [self] in await work(worker) }
        }
    }

    private func work(_ worker: Int) async {
        while let operation = next(worker) {
            do {
                try await operation.body()
            } catch {
                operation.reply.fail(error)
            }
        }
    }

    /// Ends the worker's operation and begins the next; `nil` when the worker is to end.
    private func next(_ worker: Int) -> Operation? {
        var mustWake = false
        let work = state.withLock { state -> Operation? in
            let work = state.advance(worker)
            for pool in Operation.Pool.allCases { hire(pool, &state) }
            guard let work else {
                mustWake = state.isAwaited && state.isIdle
                return nil
            }
            mustWake = state.schedule(work.deadline)
            if mustWake, !state.hasTimer {
                state.hasTimer = true
                Thread.start { [self] in keepDeadlines() }
            }
            return work.operation
        }
        if mustWake { state.wakeAll() }
        return work
    }

    /// The timer thread: sleeps until the earliest deadline, for ever when there is none.
    private func keepDeadlines() {
        while true {
            let wake = state.withLock { $0.nextDeadline }
            let changed: Bool? = state.wait(until: wake) { state in state.nextDeadline < wake ? true : nil }
            guard changed == nil else { continue }
            let expired = state.withLock { state in
                let expired = state.expire(at: .now)
                for pool in Operation.Pool.allCases { hire(pool, &state) }
                return expired
            }
            for (execution, task) in expired {
                answerLate(execution.operation)
                // Only now: the cancelled task must not answer first, with less to say.
                task?.cancel()
            }
            if !expired.isEmpty { state.wakeAll() }
        }
    }

    /// Answers in the place of an operation whose time is over.
    private func answerLate(_ operation: Operation) {
        let subject = operation.subject()
        log.warning("deadline", ["operation": subject, "after": "\(operation.patience)"])
        if let info = operation.fallback?() {
            operation.reply.succeed(info)
        } else {
            let text = "\(subject): no answer within \(operation.patience.inSeconds) s"
            operation.reply.fail(MADError(.timedOut, text))
        }
    }
}

extension Duration {
    /// Whole seconds, rounded up, for messages.
    var inSeconds: Int64 { components.seconds + (components.attoseconds > 0 ? 1 : 0) }
}
