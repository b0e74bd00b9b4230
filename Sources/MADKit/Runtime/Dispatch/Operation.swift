import Synchronization

/// One piece of work for one request, as the dispatcher sees it. Handed from queue to queue, hence a class.
final class Operation: Sendable {
    /// How an operation stands to the others of its lane.
    enum Order: Sendable {
        /// Beside its neighbours of the same kind: the copies of one job.
        case together
        /// After everything before it and before everything after it.
        case alone
        /// As `alone`, but first calls off everything before it: END, and a START on a job that is still open.
        case replacing
    }

    /// Which pool of places an operation takes; none waits for a place of another.
    enum Pool: Int, Sendable, CaseIterable {
        /// What ends or begins things: START, END, CANCEL.
        case urgent
        /// Short questions and orders to servers: POLL, MKDIR, RMDIR, EXISTS.
        case control
        /// Long work: SUBMIT, CP, MONITOR.
        case bulk
    }

    /// The job whose operations keep their order; `nil` when order does not matter.
    let lane: JobID?
    let order: Order
    let pool: Pool
    /// The longest time without an answer or a sign of progress.
    let patience: Duration
    /// What to name when the deadline passes: verb and URL, host or contact.
    let subject: @Sendable () -> String
    let reply: Reply
    /// What to answer instead of a FAILURE when the deadline passes, if anything is known.
    let fallback: (@Sendable () -> Info?)?
    /// Signs of life that move the deadline, if the work gives any.
    let progress: Progress?
    /// Does the work and answers `reply`; an error thrown becomes its FAILURE.
    let body: @Sendable () async throws -> Void

    init(
        lane: JobID? = nil, order: Order, pool: Pool, patience: Duration, subject: @escaping @Sendable () -> String,
        reply: Reply, fallback: (@Sendable () -> Info?)? = nil, progress: Progress? = nil,
        body: @escaping @Sendable () async throws -> Void
    ) {
        self.lane = lane
        self.order = order
        self.pool = pool
        self.patience = patience
        self.subject = subject
        self.reply = reply
        self.fallback = fallback
        self.progress = progress
        self.body = body
    }
}

/// A sign of life of a long operation; each call of ``advance()`` starts its deadline anew.
public final class Progress: Sendable {
    private let last = Atomic<UInt64>(0)

    init() {}

    /// Says that bytes are still moving.
    public func advance() {
        last.store(Instant.now.nanoseconds, ordering: .relaxed)
    }

    /// The last sign of life, or `start` when there was none.
    func latest(since start: Instant) -> Instant {
        max(start, Instant(nanoseconds: last.load(ordering: .relaxed)))
    }
}
