import Synchronization

/// One request on its way: filled by the library's callback, awaited by a task.
///
/// The library holds a reference until it calls back, which it does once, however late; a task that is cancelled stops
/// waiting at once and leaves the rest to `late`.
final class PendingCall: Sendable {
    /// What came back.
    struct Outcome: Sendable {
        var error: GRAMError?
        var report = JobReport(contact: "", state: nil)
    }

    private struct State {
        var outcome: Outcome?
        var waiter: CheckedContinuation<Outcome, any Error>?
        var isAbandoned = false
    }

    private let state = Mutex(State())
    private let late: (@Sendable (Outcome) -> Void)?

    /// - Parameter late: called with an outcome that nobody waits for any more.
    init(late: (@Sendable (Outcome) -> Void)? = nil) {
        self.late = late
    }

    /// The outcome, once it is there.
    /// - Throws: `CancellationError` when the task is cancelled first.
    func outcome() async throws -> Outcome {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                let outcome = state.withLock { state -> Result<Outcome, any Error>? in
                    if let outcome = state.outcome { return .success(outcome) }
                    if state.isAbandoned { return .failure(CancellationError()) }
                    state.waiter = waiter
                    return nil
                }
                if let outcome { waiter.resume(with: outcome) }
            }
        } onCancel: {
            let waiter = state.withLock { state -> CheckedContinuation<Outcome, any Error>? in
                guard state.outcome == nil else { return nil }
                state.isAbandoned = true
                return state.waiter.take()
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    /// Fills in the outcome.
    func fill(_ outcome: Outcome) {
        let (waiter, isLate) = state.withLock { state in
            state.outcome = outcome
            return (state.waiter.take(), state.isAbandoned)
        }
        waiter?.resume(returning: outcome)
        if isLate { late?(outcome) }
    }
}
