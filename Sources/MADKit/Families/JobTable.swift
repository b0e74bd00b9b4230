import Synchronization

/// Which contact stands behind each job number, and the last state that gwd was told.
///
/// gwd gives the number of a finished job to the next one, and submits one job several times under one number
/// (pre-wrapper, retries). News are therefore matched by contact: those of an earlier holder of the number find nothing.
final class JobTable: Sendable {
    fileprivate struct Entry {
        let contact: JobContact
        var state: JobState
    }

    fileprivate struct State {
        var entries: [JobID: Entry] = [:]
        var jobs: [JobContact: JobID] = [:]
        /// Submissions whose contact is not known yet, and news that may be theirs.
        var expected = 0
        var early: [JobContact: [JobState]] = [:]
    }

    private let state = Mutex(State())

    /// A SUBMIT or RECOVER of `job` begins: the number is free from now on. Returns the contact that it stood for.
    func expect(_ job: JobID) -> JobContact? {
        state.withLock { state in
            state.expected += 1
            guard let old = state.entries.removeValue(forKey: job) else { return nil }
            // Another number may stand for the same contact by now.
            guard state.jobs[old.contact] == job else { return nil }
            state.jobs[old.contact] = nil
            return old.contact
        }
    }

    /// The SUBMIT or RECOVER brought no contact.
    func giveUp() {
        state.withLock { $0.settle() }
    }

    /// The SUBMIT or RECOVER brought a contact. `tell` says so to gwd before any news of the job can pass, `announce`
    /// passes on the news that came early.
    /// - Returns: false when `tell` did, and nothing was entered.
    func enter(
        _ job: JobID, _ contact: JobContact, _ known: JobState, tell: () -> Bool, announce: (JobState) -> Void
    ) -> Bool {
        state.withLock { state in
            let early = state.early.removeValue(forKey: contact) ?? []
            state.settle()
            guard tell() else { return false }
            state.entries[job] = Entry(contact: contact, state: known)
            state.jobs[contact] = job
            for news in early where state.accept(news, for: job) { announce(news) }
            return true
        }
    }

    /// What gwd knows of a job.
    func entry(of job: JobID) -> (JobContact, JobState)? {
        state.withLock { state in state.entries[job].map { ($0.contact, $0.state) } }
    }

    /// The last state that gwd was told.
    func state(of job: JobID) -> JobState? { entry(of: job)?.1 }

    /// Takes the answer to a POLL; `tell` is given the state in force, which is the old one when the answer is stale.
    func update(_ job: JobID, to new: JobState, tell: (JobState) -> Void) {
        state.withLock { state in
            _ = state.accept(new, for: job)
            tell(state.entries[job]?.state ?? new)
        }
    }

    /// Takes news of a job; `tell` is called when gwd does not know them yet.
    func note(_ contact: JobContact, _ new: JobState, tell: (JobID, JobState) -> Void) {
        state.withLock { state in
            if let job = state.jobs[contact] {
                if state.accept(new, for: job) { tell(job, new) }
            } else if state.expected > 0 {
                state.early[contact, default: []].append(new)
            }
        }
    }
}

extension JobTable.State {
    /// One expected contact fewer; without any, early news have no owner.
    fileprivate mutating func settle() {
        expected -= 1
        if expected == 0 { early = [:] }
    }

    /// Notes a state unless it is old: equal to the known one, after a final one, or of a lower rank.
    fileprivate mutating func accept(_ new: JobState, for job: JobID) -> Bool {
        guard let known = entries[job]?.state, !known.isFinal, new != known, new.rank >= known.rank else {
            return false
        }
        entries[job]?.state = new
        return true
    }
}
