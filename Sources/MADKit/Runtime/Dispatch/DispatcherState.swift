/// What the dispatcher knows, as a value: every change is a method, every method runs under the dispatcher's lock.
struct DispatcherState {
    /// An operation at work.
    struct Execution {
        let operation: Operation
        /// Where it keeps its order, if it has to.
        let lane: Lane?
        let start: Instant
        /// When its worker is given up at the latest, once it has been called off.
        var cutoff = Instant.distantFuture

        var deadline: Instant {
            min(cutoff, (operation.progress?.latest(since: start) ?? start) + operation.patience)
        }
    }

    /// A place in a pool, held by a task.
    struct Worker {
        let pool: Operation.Pool
        var task: Task<Void, Never>?
        var execution: Execution?
        /// Its operation was cancelled or ran out of time: the task ends instead of taking another one.
        var isDismissed = false
        /// Its place was given away already.
        var isAbandoned = false
    }

    /// Something in the ready queue of a pool.
    private enum Ready {
        case lane(Lane)
        case free(Operation)
    }

    var workers: [Worker] = []
    var hasTimer = false
    var isAwaited = false
    private(set) var nextDeadline = Instant.distantFuture

    /// Operations filed that have not begun.
    private(set) var backlog = 0

    /// Places of each pool, and below what takes them or waits for them; all by the pool's number.
    private let places: [Int]
    private var hired = [Int](repeating: 0, count: Operation.Pool.allCases.count)
    private var idleWorkers: [Int] = []
    private var ready = [Queue<Ready>](repeating: Queue(), count: Operation.Pool.allCases.count)
    private var lanes: [JobID: Lane] = [:]

    init(places: [Int]) {
        self.places = places
    }

    /// True when nothing waits and nothing runs.
    var isIdle: Bool { lanes.isEmpty && ready.allSatisfy(\.isEmpty) && hired.allSatisfy { $0 == 0 } }

    /// Operations called off: their replies are owed at once, their tasks are to be cancelled outside the lock.
    struct CalledOff {
        var replies: [Reply] = []
        var tasks: [Task<Void, Never>] = []
    }

    /// Files an operation. Returns what it replaces.
    mutating func enqueue(_ operation: Operation) -> CalledOff {
        backlog += 1
        guard let job = operation.lane else {
            ready[operation.pool.rawValue].append(.free(operation))
            return CalledOff()
        }
        let lane = lane(of: job)
        let calledOff = operation.order == .replacing ? replace(lane) : CalledOff()
        lane.waiting.append(operation)
        announce(lane)
        return calledOff
    }

    private mutating func lane(of job: JobID) -> Lane {
        if let lane = lanes[job] { return lane }
        let lane = Lane(job: job)
        lanes[job] = lane
        return lane
    }

    /// Empties the lane. What runs in it has three seconds to wind up; the lane waits for it that long, so that a
    /// copy does not write into what the job's next phase makes.
    private mutating func replace(_ lane: Lane) -> CalledOff {
        guard !lane.isIdle else { return CalledOff() }
        var calledOff = CalledOff()
        for index in workers.indices where !workers[index].isDismissed {
            guard workers[index].execution?.lane === lane else { continue }
            dismiss(index, &calledOff)
            workers[index].execution?.cutoff = .now + .seconds(3)
        }
        let waiting = lane.waiting.removeAll()
        backlog -= waiting.count
        calledOff.replies += waiting.map(\.reply)
        return calledOff
    }

    private mutating func dismiss(_ index: Int, _ calledOff: inout CalledOff) {
        workers[index].isDismissed = true
        if let reply = workers[index].execution?.operation.reply { calledOff.replies.append(reply) }
        if let task = workers[index].task { calledOff.tasks.append(task) }
    }

    /// The earliest deadline of what runs.
    var earliestDeadline: Instant {
        workers.reduce(.distantFuture) { $1.isAbandoned ? $0 : min($0, $1.execution?.deadline ?? .distantFuture) }
    }

    /// True when a ready operation finds a free place.
    func mayHire(in pool: Operation.Pool) -> Bool {
        hired[pool.rawValue] < places[pool.rawValue] && unserved(pool) > 0
    }

    /// Ready operations that no worker has been hired for yet.
    private func unserved(_ pool: Operation.Pool) -> Int {
        ready[pool.rawValue].count - starting[pool.rawValue]
    }

    /// Workers hired that have not taken their first operation.
    private var starting = [Int](repeating: 0, count: Operation.Pool.allCases.count)

    /// Takes a place; the caller stores its task.
    mutating func reserveWorker(in pool: Operation.Pool) -> Int {
        hired[pool.rawValue] += 1
        starting[pool.rawValue] += 1
        if let index = idleWorkers.popLast() {
            workers[index] = Worker(pool: pool)
            return index
        }
        workers.append(Worker(pool: pool))
        return workers.count - 1
    }

    /// Ends the worker's operation, if any, and starts the next ready one; `nil` when the worker has to go.
    mutating func advance(_ index: Int) -> Execution? {
        let pool = workers[index].pool.rawValue
        if let execution = workers[index].execution {
            workers[index].execution = nil
            if let lane = execution.lane, !workers[index].isAbandoned { leave(lane) }
        } else if !workers[index].isAbandoned {
            starting[pool] -= 1
        }
        if !workers[index].isDismissed, let execution = takeReady(pool) {
            backlog -= 1
            workers[index].execution = execution
            return execution
        }
        if !workers[index].isAbandoned { hired[pool] -= 1 }
        workers[index].task = nil
        idleWorkers.append(index)
        return nil
    }

    private mutating func takeReady(_ pool: Int) -> Execution? {
        while let entry = ready[pool].popFirst() {
            switch entry {
            case .free(let operation):
                return Execution(operation: operation, lane: nil, start: .now)
            case .lane(let lane):
                // A lane whose next operation changed pools leaves its old entry behind.
                guard lane.announced?.rawValue == pool else { continue }
                lane.announced = nil
                guard let operation = lane.start() else { continue }
                announce(lane)
                return Execution(operation: operation, lane: lane, start: .now)
            }
        }
        return nil
    }

    /// Puts the lane into the ready queue of its next operation's pool, unless it stands there already.
    private mutating func announce(_ lane: Lane) {
        guard let next = lane.startable, lane.announced != next.pool else { return }
        lane.announced = next.pool
        ready[next.pool.rawValue].append(.lane(lane))
    }

    private mutating func leave(_ lane: Lane) {
        lane.finish()
        if lane.isIdle { lanes[lane.job] = nil } else { announce(lane) }
    }

    /// Notes a deadline; true when the timer must wake earlier than it meant to.
    mutating func schedule(_ deadline: Instant) -> Bool {
        guard deadline < nextDeadline else { return false }
        nextDeadline = deadline
        return true
    }

    /// Takes the executions whose time is over out of their places, and finds the next deadline. Their tasks are still to
    /// be cancelled, once their replies are answered.
    mutating func expire(at now: Instant) -> [(execution: Execution, task: Task<Void, Never>?)] {
        var expired: [(Execution, Task<Void, Never>?)] = []
        nextDeadline = .distantFuture
        for index in workers.indices where !workers[index].isAbandoned {
            guard let execution = workers[index].execution else { continue }
            if execution.deadline > now {
                nextDeadline = min(nextDeadline, execution.deadline)
            } else {
                expired.append((execution, workers[index].task))
                abandon(index)
            }
        }
        return expired
    }

    /// Gives a worker's place and its lane away, whether or not its task ever ends.
    private mutating func abandon(_ index: Int) {
        workers[index].isDismissed = true
        workers[index].isAbandoned = true
        hired[workers[index].pool.rawValue] -= 1
        if let lane = workers[index].execution?.lane { leave(lane) }
    }

    /// Empties everything.
    mutating func callOff() -> CalledOff {
        var calledOff = CalledOff()
        backlog = 0
        for index in workers.indices where workers[index].execution != nil { dismiss(index, &calledOff) }
        for lane in lanes.values.sorted(by: { $0.job.value < $1.job.value }) {
            calledOff.replies += lane.waiting.removeAll().map(\.reply)
            lane.announced = nil
            if lane.isIdle { lanes[lane.job] = nil }
        }
        for pool in ready.indices {
            for case .free(let operation) in ready[pool].removeAll() { calledOff.replies.append(operation.reply) }
        }
        return calledOff
    }
}
