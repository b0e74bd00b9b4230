/// Waits without holding a thread, and throws as soon as the task is cancelled.
///
/// Use this instead of `Task.sleep`: that one starts a monitor inside libdispatch that wakes up once a second for the rest
/// of the process's life, and an idle driver shall not wake up at all.
public func pause(for duration: Duration) async throws {
    try await PauseTimer.shared.sleep(until: .now + duration)
}

/// One thread that wakes sleepers; it sleeps itself until the first of them is due, for ever when there is none.
private final class PauseTimer: Sendable {
    static let shared = PauseTimer()

    private struct Sleeper {
        let due: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var sleepers: [UInt64: Sleeper] = [:]
        /// Cancelled before they lay down.
        var cancelled: Set<UInt64> = []
        var nextName: UInt64 = 0
        var hasThread = false
        /// When the thread means to wake.
        var alarm = Instant.distantFuture
    }

    private let state = Monitor(State())

    func sleep(until due: Instant) async throws {
        let name = state.withLock { state in
            state.nextName += 1
            return state.nextName
        }
        // A cancellation that comes while the sleeper gets up leaves its name behind.
        defer { state.withLock { _ = $0.cancelled.remove(name) } }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                layDown(name, Sleeper(due: due, continuation: continuation))
            }
        } onCancel: {
            cancel(name)
        }
    }

    private func layDown(_ name: UInt64, _ sleeper: Sleeper) {
        let (isCancelled, mustWake) = state.withLock { state -> (Bool, Bool) in
            if state.cancelled.remove(name) != nil { return (true, false) }
            state.sleepers[name] = sleeper
            if !state.hasThread {
                state.hasThread = true
                Thread.start { [self] in run() }
            }
            guard sleeper.due < state.alarm else { return (false, false) }
            state.alarm = sleeper.due
            return (false, true)
        }
        if isCancelled { sleeper.continuation.resume(throwing: CancellationError()) }
        if mustWake { state.wakeAll() }
    }

    private func cancel(_ name: UInt64) {
        let sleeper = state.withLock { state -> Sleeper? in
            guard let sleeper = state.sleepers.removeValue(forKey: name) else {
                state.cancelled.insert(name)
                return nil
            }
            return sleeper
        }
        sleeper?.continuation.resume(throwing: CancellationError())
    }

    private func run() {
        while true {
            let alarm = state.withLock { $0.alarm }
            let isEarlier: Bool? = state.wait(until: alarm) { $0.alarm < alarm ? true : nil }
            guard isEarlier == nil else { continue }
            let now = Instant.now
            let due = state.withLock { state -> [Sleeper] in
                let names = state.sleepers.filter { $0.value.due <= now }.map(\.key)
                let due = names.compactMap { state.sleepers.removeValue(forKey: $0) }
                state.alarm = state.sleepers.values.map(\.due).min() ?? .distantFuture
                return due
            }
            for sleeper in due.sorted(by: { $0.due < $1.due }) { sleeper.continuation.resume() }
        }
    }
}
