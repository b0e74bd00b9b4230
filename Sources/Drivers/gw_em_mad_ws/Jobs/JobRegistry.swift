import MADKit
import Synchronization
import WebServices

/// The jobs that run, as far as this process knows, by the contact that gwd has of them.
final class JobRegistry: Sendable {
    /// A job.
    struct Job: Sendable {
        let contact: JobContact
        let ticket: JobTicket
        /// How its container is spoken to; a guess while ``isTakenUp`` is false and the ticket names none.
        var dialect: Dialect
        /// False while nothing is known of it but its contact: nobody has answered for it yet.
        var isTakenUp = true
        /// It is of an earlier process, which alone knew whether its credential was delegated for it or named by its
        /// description: the container tells both in the same way.
        var isRecovered = false
        /// Who made it; unknown for a job of an earlier process.
        var factory: EndpointReference?
        /// The credential that was delegated for it, and when the proxy file was written that it was made from.
        var credential: EndpointReference?
        var credentialAge = 0
        /// How often the container refused a newer one, and when it is offered again.
        var refusals = 0
        var nextOffer = ContinuousClock.now
        /// The last state that the container told.
        var state = GRAMState.unsubmitted
        /// When to ask next, and how long after that.
        var due: ContinuousClock.Instant
        var delay: Duration
        /// When the container may forget it, in seconds since 1970; 0 when unknown.
        var expiry = 0
        /// The key of the subscription to its states, and where that can be ended where that is needed (GT 4.0).
        var subscription: String?
        var subscriptionEndpoint: EndpointReference?
        /// A notification of it has come.
        var isHeard = false
        /// What a notification said that left something open: the container is asked.
        var hint: JobReport?
        /// Somebody cancelled it through this process.
        var isCancelled = false
        /// gwd was told that its submission failed: it is to be ended.
        var isOrphan = false
        /// Since when it is known, and how often its container refused to end it.
        let entered = ContinuousClock.now
        var faults = 0
        /// How often, and since when, the container has not known it.
        var unknown: (times: Int, since: ContinuousClock.Instant)?

        /// Where it is found.
        var endpoint: EndpointReference { ticket.endpoint(dialect) }
        /// Whether its credential goes with it.
        var ownsCredential: Bool { credential != nil && !isRecovered }
        /// Its container.
        var authority: String { ticket.authority }
    }

    fileprivate struct State {
        var jobs = JobPlaces()
        /// Containers that are being asked.
        var busy: Set<String> = []
        /// Containers whose notifications arrive: their jobs are looked at for safety alone.
        var heard: Set<String> = []
        /// Ends that are known, of jobs that may still be asked about: bounded, oldest first.
        var ended: [JobContact: JobState] = [:]
        var order: [JobContact] = []
    }

    private static let longestMemory = 1_000
    private let state = Mutex(State())
    private let interval: Duration
    /// The same where notifications arrive.
    private let safety: Duration

    /// - Parameter interval: the longest time between two looks at a job that nothing is heard of.
    init(interval: Duration) {
        self.interval = interval
        safety = max(interval, .seconds(300))
    }

    /// Enters a job. It is looked at soon, and then less and less often: short jobs end soon, long ones can wait.
    func add(
        _ contact: JobContact, _ ticket: JobTicket, _ dialect: Dialect, _ body: (inout Job) -> Void = { _ in }
    ) {
        let delay = min(.seconds(1), interval)
        state.withLock { state in
            state.ended[contact] = nil
            var job = Job(contact: contact, ticket: ticket, dialect: dialect, due: .now + delay, delay: delay)
            body(&job)
            state.jobs[contact] = job
        }
    }

    /// Notes that notifications of a job were asked for. Where they are known to arrive, looking can wait.
    /// - Parameters:
    ///   - key: that of the subscription.
    ///   - endpoint: where it can be ended; that of GT 4.2 ends with its job.
    func subscribe(_ contact: JobContact, _ key: String, _ endpoint: EndpointReference?) {
        state.withLock { state in
            guard var job = state.jobs[contact] else { return }
            job.subscription = key
            job.subscriptionEndpoint = job.dialect == .gt40 ? endpoint : nil
            if state.heard.contains(job.authority) { job.wait(interval) }
            state.jobs[contact] = job
        }
    }

    /// Notes that a notification of a job came: its container can reach us.
    func hear(_ contact: JobContact) {
        state.withLock { state in
            guard let authority = state.jobs[contact]?.authority else { return }
            state.jobs[contact]?.isHeard = true
            guard state.heard.insert(authority).inserted else { return }
            for job in state.jobs.values where job.authority == authority && job.subscription != nil {
                state.jobs[job.contact]?.wait(interval)
            }
        }
    }

    /// What is known of a job that runs.
    func job(_ contact: JobContact) -> Job? { state.withLock { $0.jobs[contact] } }

    /// The end of a job, if it is known.
    func end(of contact: JobContact) -> JobState? { state.withLock { $0.ended[contact] } }

    /// All that run.
    var jobs: [Job] { state.withLock { Array($0.jobs.values) } }

    /// Changes what is known of a job.
    func change(_ contact: JobContact, _ body: (inout Job) -> Void) {
        state.withLock { state in
            guard var job = state.jobs[contact] else { return }
            body(&job)
            state.jobs[contact] = job
        }
    }

    /// Takes a report. Stale ones change nothing.
    /// - Parameter isAsked: it is an answer; `false` for a notification.
    /// - Returns: the state that is true now; `nil` for a job that is not known.
    func note(_ contact: JobContact, _ report: JobReport, isAsked: Bool = true) -> JobState? {
        state.withLock { state in
            if let end = state.ended[contact] { return end }
            guard var job = state.jobs[contact] else { return nil }
            job.unknown = nil
            guard report.state.rank >= job.state.rank else {
                state.jobs[contact] = job
                return JobReport(state: job.state, exitCode: nil, fault: nil).jobState
            }
            let isHinted = job.hint != nil
            if isAsked { job.hint = nil }
            defer {
                job.state = report.state
                state.jobs[contact] = job
            }
            guard report.state != job.state else { return report.jobState }
            if state.heard.contains(job.authority), job.subscription != nil {
                // The end is near. If nobody tells of it, that is the news that matters most.
                if report.state.rank > GRAMState.active.rank { job.due = min(job.due, .now + interval) }
                // A notification that should have come did not, or comes later: then that container counts again.
                if isAsked, !isHinted, !job.isCancelled {
                    state.lose(job.authority, interval)
                    job.delay = min(job.delay, interval)
                }
            } else {
                // Something happens, so more may.
                job.delay = min(.seconds(2), interval)
            }
            return report.jobState
        }
    }

    /// Notes that the container does not know the job.
    /// - Returns: true once that is certain: a container that has just started may still be reading its jobs.
    func noteUnknown(_ contact: JobContact) -> Bool {
        state.withLock { state in
            guard var job = state.jobs[contact] else { return true }
            let (times, since) = job.unknown ?? (0, .now)
            job.unknown = (times + 1, since)
            job.due = min(job.due, .now + .seconds(5))
            state.jobs[contact] = job
            return times >= 2 && since + .seconds(10) <= .now
        }
    }

    /// Notes the end of a job; nothing will be asked of its container again.
    /// - Returns: what was known of it, to the first who notes it.
    func finish(_ contact: JobContact, _ end: JobState) -> Job? {
        state.withLock { state in
            guard let job = state.jobs.remove(contact) else { return nil }
            if state.ended.updateValue(end, forKey: contact) == nil { state.order.append(contact) }
            if state.order.count > JobRegistry.longestMemory { state.ended[state.order.removeFirst()] = nil }
            return job
        }
    }

    /// Nothing will be asked about the job again.
    /// - Returns: what was known of it.
    func forget(_ contact: JobContact) -> Job? {
        state.withLock { state in
            state.jobs[contact]?.isOrphan != true ? state.jobs.remove(contact) : nil
        }
    }

    /// When the first job is due whose container is not being asked; `nil` when there is none.
    var firstDue: ContinuousClock.Instant? {
        state.withLock { state in
            let busy = state.busy
            return state.jobs.values.lazy.filter { !busy.contains($0.authority) }.map(\.due).min()
        }
    }

    /// The jobs that are due, by container; these count as being asked from now on.
    func takeDue() -> [String: [Job]] {
        state.withLock { state in
            let now = ContinuousClock.now
            let due = state.jobs.values.filter { $0.due <= now && !state.busy.contains($0.authority) }
            for job in due {
                state.busy.insert(job.authority)
                // A quarter more or less, so that jobs submitted at once are not asked about at once.
                state.jobs[job.contact]?.due = now + job.delay * Double.random(in: 0.75...1.25)
                let isHeard = job.subscription != nil && state.heard.contains(job.authority)
                state.jobs[job.contact]?.delay = min(
                    job.isOrphan ? interval * 10 : isHeard ? safety : interval, job.delay * 1.5)
            }
            return Dictionary(grouping: due, by: \.authority)
        }
    }

    /// The container has answered.
    func release(_ authority: String) {
        state.withLock { _ = $0.busy.remove(authority) }
    }
}

extension JobRegistry.Job {
    /// Puts the next look off.
    fileprivate mutating func wait(_ interval: Duration) {
        delay = max(delay, interval)
        due = max(due, .now + interval * Double.random(in: 0.75...1.25))
    }
}

extension JobRegistry.State {
    /// Notifications of a container do not arrive: its jobs are looked at like any others.
    fileprivate mutating func lose(_ authority: String, _ interval: Duration) {
        heard.remove(authority)
        for job in jobs.values where job.authority == authority {
            jobs[job.contact]?.delay = min(job.delay, interval)
            jobs[job.contact]?.due = min(job.due, .now + interval)
        }
    }
}
