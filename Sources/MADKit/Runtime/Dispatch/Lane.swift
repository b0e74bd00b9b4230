/// The operations of one job, in the order of their requests. Every queue that a lane stands in refers to the same object,
/// which is touched only under the dispatcher's lock.
final class Lane {
    let job: JobID
    /// Requests that have not begun, oldest first.
    var waiting = Queue<Operation>()
    /// How many have begun and not ended.
    private(set) var running = 0
    /// True while the one that runs must be alone.
    private var isExclusive = false
    /// The pool in whose ready queue the lane stands, if any.
    var announced: Operation.Pool?

    init(job: JobID) {
        self.job = job
    }

    /// True when nothing is left to remember.
    var isIdle: Bool { running == 0 && waiting.isEmpty }

    /// The oldest waiting operation, if it may begin now.
    var startable: Operation? {
        guard !isExclusive, let next = waiting.first else { return nil }
        return next.order == .together || running == 0 ? next : nil
    }

    /// Takes the oldest waiting operation out and counts it as running.
    func start() -> Operation? {
        guard startable != nil, let next = waiting.popFirst() else { return nil }
        running += 1
        isExclusive = next.order != .together
        return next
    }

    /// Counts one running operation as ended.
    func finish() {
        running -= 1
        isExclusive = false
    }
}
