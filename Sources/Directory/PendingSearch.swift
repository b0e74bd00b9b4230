import MADKit
import Synchronization

/// A search that a task waits for: answered once, by the thread of the connection or by the task's own cancellation.
final class PendingSearch: Sendable {
    typealias Outcome = Result<DirectoryAnswer, any Error>

    private struct State {
        var outcome: Outcome?
        var waiter: CheckedContinuation<DirectoryAnswer, any Error>?
    }

    /// What is asked.
    let search: DirectorySearch
    /// When it was asked.
    let asked = Instant.now
    /// When an answer is of no use any more.
    let deadline: Instant

    private let state = Mutex(State())

    init(_ search: DirectorySearch, deadline: Instant) {
        self.search = search
        self.deadline = deadline
    }

    /// True when nobody waits any more.
    var isSettled: Bool { state.withLock { $0.outcome != nil } }

    /// Lets a task wait; false when the search has an outcome already, which the task then has too.
    func wait(_ waiter: CheckedContinuation<DirectoryAnswer, any Error>) -> Bool {
        let outcome = state.withLock { state -> Outcome? in
            if state.outcome == nil { state.waiter = waiter }
            return state.outcome
        }
        if let outcome { waiter.resume(with: outcome) }
        return outcome == nil
    }

    /// Gives the search its outcome; later ones are dropped.
    func settle(_ outcome: Outcome) {
        let waiter = state.withLock { state -> CheckedContinuation<DirectoryAnswer, any Error>? in
            guard state.outcome == nil else { return nil }
            // The answer itself belongs to the task alone, or memory would be held twice as long.
            state.outcome = .failure(CancellationError())
            return state.waiter.take()
        }
        waiter?.resume(with: outcome)
    }
}
