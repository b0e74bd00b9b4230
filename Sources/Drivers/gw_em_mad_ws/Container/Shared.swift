import MADKit
import Synchronization

/// Values that are learned once and used by all; those who ask at the same time wait for one answer.
final class Shared<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private let tasks = Mutex<[Key: Task<Result<Value, any Error>, Never>]>([:])

    /// The value of `key`; learned by `learn` if it is not known. A failure is not kept.
    func value(_ key: Key, _ learn: @escaping @Sendable () async throws -> Value) async throws -> Value {
        let task = tasks.withLock { tasks in
            if let task = tasks[key] { return task }
            let task = startTask { () -> Result<Value, any Error> in
                do { return .success(try await learn()) } catch { return .failure(error) }
            }
            tasks[key] = task
            return task
        }
        let result = await task.value
        if case .failure = result { forget(key) }
        return try result.get()
    }

    /// The value is not true any more.
    func forget(_ key: Key) {
        tasks.withLock { $0[key] = nil }
    }
}
