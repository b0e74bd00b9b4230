import Synchronization

/// Runs `body`, and stops waiting for it when it takes longer than `limit`: it is cancelled then, and may go on in the
/// background where it holds a thread.
/// - Throws: ``MADError`` of code `timedOut`, or what `body` throws.
package func within<Success: Sendable>(
    _ limit: Duration, _ body: @escaping @Sendable () async throws -> Success
) async throws -> Success {
    let race = Race<Success>()
    let work = startTask {
        do { race.end(.success(try await body())) } catch { race.end(.failure(error)) }
    }
    let alarm = startTask {
        guard (try? await pause(for: limit)) != nil else { return }
        race.end(.failure(MADError(.timedOut, "no answer within \(limit.components.seconds) s")))
    }
    defer {
        work.cancel()
        alarm.cancel()
    }
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { race.wait($0) }
    } onCancel: {
        race.end(.failure(CancellationError()))
    }
}

/// Takes the first of several results.
private final class Race<Success: Sendable>: Sendable {
    private struct State {
        var result: Result<Success, any Error>?
        var waiter: CheckedContinuation<Success, any Error>?
    }

    private let state = Mutex(State())

    func end(_ result: Result<Success, any Error>) {
        let waiter = state.withLock { state -> CheckedContinuation<Success, any Error>? in
            guard state.result == nil else { return nil }
            state.result = result
            return state.waiter.take()
        }
        waiter?.resume(with: result)
    }

    func wait(_ waiter: CheckedContinuation<Success, any Error>) {
        let result = state.withLock { state in
            if state.result == nil { state.waiter = waiter }
            return state.result
        }
        if let result { waiter.resume(with: result) }
    }
}
