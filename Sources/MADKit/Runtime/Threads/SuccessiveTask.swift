import Synchronization

/// A task that its successor takes over from: for work that sleeps until something is due and has to think anew when that
/// changes.
public final class SuccessiveTask: Sendable {
    private let current = Mutex<Task<Void, Never>?>(nil)

    /// Nothing runs yet.
    public init() {}

    /// Starts `body` and cancels the task before it, which sleeps or is about to look at the clock by itself.
    public func start(_ body: @escaping @Sendable () async -> Void) {
        let new = startTask(body)
        let old = current.withLock { current in
            defer { current = new }
            return current
        }
        // Outside of the lock, because what is to be done at a cancellation is done at once.
        old?.cancel()
    }
}
