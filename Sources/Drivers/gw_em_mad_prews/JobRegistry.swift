import GRAM
import MADKit
import Synchronization

/// The jobs that run, as far as this process knows.
///
/// A job is known by the path of its contact: when its job manager was started anew, host and port of the contact are
/// others, and gwd still knows the first.
final class JobRegistry: Sendable {
    /// A job.
    struct Job: Sendable {
        /// The contact that gwd knows.
        let contact: JobContact
        /// The contact that works now.
        var address: String
        /// Who accepted it; unknown for a job of another driver.
        var gatekeeper: GatekeeperContact?
        /// When the proxy file was written that the job has; 0 when unknown.
        var credential: Int
        /// When to ask for its state if nobody speaks of it until then.
        var due: ContinuousClock.Instant
        /// Somebody cancelled it through this process.
        var isCancelled = false
        /// gwd was told that its submission failed: it is to be cancelled until it is over.
        var isOrphan = false
        /// When the usual services were last asked for it in vain.
        var searched: ContinuousClock.Instant?

        /// Its job manager.
        var authority: String { JobURL(address)?.authority ?? address }
    }

    private struct State {
        var jobs: [String: Job] = [:]
        /// Ends that are known, of jobs that may still be asked about: bounded, oldest first.
        var ended: [String: JobState] = [:]
        var order: [String] = []
        /// Submissions on their way, and news that may be of their jobs.
        var expected = 0
        var early: [String: [JobState]] = [:]
        /// Who accepted jobs so far.
        var gatekeepers: Set<GatekeeperContact> = []
    }

    private static let longestMemory = 1_000
    private let state = Mutex(State())
    private let interval: Duration

    /// - Parameter interval: how long a job may go unspoken of, on average.
    init(interval: Duration) {
        self.interval = interval
    }

    /// What names the job for good.
    static func key(_ contact: String) -> String {
        let url = JobTicket(contact).url
        return JobURL(url)?.path ?? url
    }

    /// A submission begins: news of unknown jobs may be of its own, and are kept until ``settle()``. Notifications know a
    /// job by its URL alone, gwd by more.
    func expect() {
        state.withLock { $0.expected += 1 }
    }

    /// A submission has ended, and its job was added if it brought one.
    func settle() {
        state.withLock { state in
            state.expected -= 1
            if state.expected == 0 { state.early = [:] }
        }
    }

    /// Enters a job, unless its end is known already.
    /// - Returns: the news that came before.
    @discardableResult
    func add(_ contact: JobContact, gatekeeper: GatekeeperContact?, credential: Int) -> [JobState] {
        state.withLock { state in
            let key = JobRegistry.key(contact.text)
            if let gatekeeper { state.gatekeepers.insert(gatekeeper) }
            let early = state.early.removeValue(forKey: key) ?? []
            if state.ended[key] == nil {
                state.jobs[key] = Job(
                    contact: contact, address: JobTicket(contact.text).url, gatekeeper: gatekeeper,
                    credential: credential, due: nextDue())
            }
            return early
        }
    }

    /// The job behind a contact of now or before.
    func job(_ contact: String) -> Job? {
        state.withLock { $0.jobs[JobRegistry.key(contact)] }
    }

    /// The end of a job, if it is known.
    func end(of contact: String) -> JobState? {
        state.withLock { $0.ended[JobRegistry.key(contact)] }
    }

    /// Where to ask for a job: the contact that works now, as GRAM writes it.
    func address(of contact: String) -> String { job(contact)?.address ?? JobTicket(contact).url }

    /// Takes what was heard or asked: the job has `new` state, at `address`.
    /// - Returns: the contact that gwd knows; `nil` for a job that it does not know, or not yet.
    @discardableResult
    func note(_ address: String, _ new: JobState?) -> JobContact? {
        state.withLock { state in
            let key = JobRegistry.key(address)
            let contact = state.jobs[key]?.contact
            if let new, contact == nil, state.expected > 0 { state.early[key, default: []].append(new) }
            if let new, new.isFinal {
                state.jobs[key] = nil
                if state.ended.updateValue(new, forKey: key) == nil { state.order.append(key) }
                if state.order.count > JobRegistry.longestMemory { state.ended[state.order.removeFirst()] = nil }
            } else {
                state.jobs[key]?.address = address
                state.jobs[key]?.due = nextDue()
            }
            return contact
        }
    }

    /// Changes what is known of a job.
    func change(_ contact: String, _ body: (inout Job) -> Void) {
        state.withLock { state in
            let key = JobRegistry.key(contact)
            guard var job = state.jobs[key] else { return }
            body(&job)
            state.jobs[key] = job
        }
    }

    /// Nothing will be asked about the job again.
    func forget(_ contact: String) {
        state.withLock { state in
            let key = JobRegistry.key(contact)
            if state.jobs[key]?.isOrphan != true { state.jobs[key] = nil }
        }
    }

    /// When the first job is due; `nil` when none runs.
    var firstDue: ContinuousClock.Instant? {
        state.withLock { state in state.jobs.values.lazy.map(\.due).min() }
    }

    /// The jobs that are due; each gets its next time.
    func takeDue() -> [Job] {
        state.withLock { state in
            let now = ContinuousClock.now
            let due = state.jobs.filter { $0.value.due <= now }
            for key in due.keys { state.jobs[key]?.due = nextDue() }
            return Array(due.values)
        }
    }

    /// The jobs that have another proxy than the one written at `credential`.
    func jobs(without credential: Int) -> [Job] {
        state.withLock { state in state.jobs.values.filter { $0.credential != credential } }
    }

    /// Marks a job as one that nobody knows of, to be cancelled until it is over; due at once.
    func orphan(_ contact: String) {
        change(contact) { job in
            job.isOrphan = true
            job.isCancelled = true
            job.due = .now
        }
    }

    /// The gatekeepers of a host that accepted jobs of this process.
    func gatekeepers(on host: String) -> [GatekeeperContact] {
        state.withLock { state in state.gatekeepers.filter { $0.host == host }.sorted { $0.text < $1.text } }
    }

    /// One interval from now, a quarter more or less, so that jobs submitted at once are not asked about at once.
    private func nextDue() -> ContinuousClock.Instant {
        .now + interval * Double.random(in: 0.75...1.25)
    }
}
