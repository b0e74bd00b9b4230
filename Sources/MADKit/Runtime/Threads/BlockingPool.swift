/// Threads for calls that block: files on a network disk, C libraries without an asynchronous form. Swift's tasks keep
/// their own threads for work that moves.
public final class BlockingPool: Sendable {
    private let threads: ThreadPool<@Sendable () -> Void>

    /// - Parameter limit: the most calls at once.
    public init(limit: Int = 16) {
        threads = ThreadPool(limit: limit) { $0() }
    }

    /// Runs `body` on a thread of the pool and returns what it returns or throws what it throws.
    public func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            threads.submit { continuation.resume(with: Swift.Result { try body() }) }
        }
    }

    /// Runs `body` on a thread of the pool; returns at once.
    public func start(_ body: @escaping @Sendable () -> Void) {
        threads.submit(body)
    }
}
