/// The operations of one job, in the order of their requests.
struct Lane {
    /// Requests that have not begun, oldest first.
    var waiting = Queue<Operation>()
    /// How many have begun and not ended.
    var running = 0
    /// True while the one that runs must be alone.
    var isExclusive = false
    /// The pool in whose ready queue the lane stands, if any.
    var announced: Operation.Pool?

    /// True when nothing is left to remember.
    var isIdle: Bool { running == 0 && waiting.isEmpty }

    /// The oldest waiting operation, if it may begin now.
    var startable: Operation? {
        guard !isExclusive, let next = waiting.first else { return nil }
        return next.order == .together || running == 0 ? next : nil
    }

    /// Takes the oldest waiting operation out and counts it as running.
    mutating func start() -> Operation? {
        guard startable != nil, let next = waiting.popFirst() else { return nil }
        running += 1
        isExclusive = next.order != .together
        return next
    }

    /// Counts one running operation as ended.
    mutating func finish() {
        running -= 1
        isExclusive = false
    }
}
