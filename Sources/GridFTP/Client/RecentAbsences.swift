import Synchronization

/// Where names were missing lately.
///
/// A transfer that the server refuses costs its connection, a question costs almost nothing. A job that failed leaves many
/// files missing, so for a while after the first one a question goes ahead of every transfer of that kind.
final class RecentAbsences: Sendable {
    /// What the absent name was to be.
    enum Kind: Hashable {
        /// A file to be fetched.
        case source
        /// The directory of a file to be stored.
        case destination
    }

    private struct Key: Hashable {
        let server: String
        let kind: Kind
    }

    private let latest = Mutex<[Key: ContinuousClock.Instant]>([:])
    private let memory: Duration

    /// - Parameter memory: how long an absence counts as recent.
    init(memory: Duration = .seconds(5)) {
        self.memory = memory
    }

    /// True when a name was missing on that server a short while ago.
    func wereSeen(on server: String, _ kind: Kind) -> Bool {
        latest.withLock { latest in
            guard let moment = latest[Key(server: server, kind: kind)] else { return false }
            return moment > .now - memory
        }
    }

    /// Runs `body` and notes when it fails because a name is missing.
    func watching<Result: Sendable>(
        _ server: String, _ kind: Kind, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let failure as FTPFailure where failure.saysAbsent {
            latest.withLock { latest in
                latest = latest.filter { $0.value > .now - memory }
                latest[Key(server: server, kind: kind)] = .now
            }
            throw failure
        }
    }
}
