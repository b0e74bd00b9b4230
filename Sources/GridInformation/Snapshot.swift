import CPosix
import MADKit
import Synchronization

/// What was read of all hosts at once, and kept for a while: one bulk read answers a whole cycle of gwd from memory.
final class Snapshot: Sendable {
    typealias Load = @Sendable () async throws -> any DirectoryIndex

    private struct State {
        var index: (any DirectoryIndex)?
        var taken = Instant.now
        var number = 0
        var loading: Task<Result<any DirectoryIndex, any Error>, Never>?
        /// Hosts asked for one by one, since when.
        var asked: Set<String> = []
        var askedSince = Instant.now
        /// How many hosts the last discovery named.
        var discovered = 0
        /// Until when no bulk read is tried, because the server did not give one whole.
        var refusedUntil = Instant.now
    }

    /// How long a server that cuts its answers is asked host by host.
    private static let refusal = Duration.seconds(600)

    private let policy: SnapshotPolicy
    private let state = Mutex(State())

    init(policy: SnapshotPolicy) {
        self.policy = policy
    }

    /// Whether the server has more hosts than can be searched through for each of them.
    var hasManyHosts: Bool { state.withLock { hasManyHosts($0) } }

    private func hasManyHosts(_ state: State) -> Bool {
        max(state.discovered, state.asked.count) > policy.manyHosts
    }

    /// Takes note of a discovery.
    func remember(hosts: Int) { state.withLock { $0.discovered = hosts } }

    /// Takes note of a server that does not tell everything at once.
    func refuse() { state.withLock { $0.refusedUntil = .now + Snapshot.refusal } }

    /// The index to answer from, read anew if there is none of the right age; `nil` when a search for the one thing that is
    /// to be known is the better way.
    /// - Parameters:
    ///   - host: the host to describe; `nil` to name all.
    ///   - load: reads everything.
    func index(for host: String? = nil, load: @escaping Load) async throws -> (any DirectoryIndex)? {
        let (index, task) = state.withLock {
            state -> ((any DirectoryIndex)?, Task<Result<any DirectoryIndex, any Error>, Never>?) in
            if let index = state.index, state.taken + policy.age > .now { return (index, nil) }
            if let host { note(host, &state) }
            guard isWanted(for: host, &state) else { return (nil, nil) }
            if let loading = state.loading { return (nil, loading) }
            let task = startTask { [self] in await read(load) }
            state.loading = task
            return (nil, task)
        }
        if let index { return index }
        return try await task?.value.get()
    }

    private func isWanted(for host: String?, _ state: inout State) -> Bool {
        switch policy.mode {
        case .never: return false
        case .always: return true
        case .automatic:
            let now = Instant.now
            if state.refusedUntil > now { return false }
            if state.loading != nil { return true }
            // A discovery may come long before the next questions, and costs less by itself.
            guard host != nil else { return policy.manyHosts == 0 }
            return hasManyHosts(state)
        }
    }

    private func note(_ host: String, _ state: inout State) {
        let now = Instant.now
        if state.askedSince + policy.age < now {
            state.asked = []
            state.askedSince = now
        }
        if state.asked.count <= policy.manyHosts { state.asked.insert(host) }
    }

    private func read(_ load: Load) async -> Result<any DirectoryIndex, any Error> {
        let began = Instant.now
        let result: Result<any DirectoryIndex, any Error>
        do { result = .success(try await load()) } catch { result = .failure(error) }
        let number = state.withLock { state -> Int? in
            state.loading = nil
            guard case .success(let index) = result else { return nil }
            state.index = index
            state.taken = began
            state.number += 1
            return state.number
        }
        if let number { startTask { [self] in await forget(number) } }
        return result
    }

    /// Gives the memory of a snapshot back once it is too old.
    private func forget(_ number: Int) async {
        try? await pause(for: policy.age)
        let old = state.withLock { state -> (any DirectoryIndex)? in
            guard state.number == number else { return nil }
            return state.index.take()
        }
        guard old != nil else { return }
        release(old)
    }

    private func release(_ index: consuming (any DirectoryIndex)?) {
        _ = consume index
        mad_trim_memory()
    }
}
