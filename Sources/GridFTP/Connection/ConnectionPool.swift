import Globus
import MADKit
import Synchronization

/// Connections to servers, kept open between operations and lent to one operation at a time.
///
/// A login costs a hundred times what a small file does, so a server gets another connection only when somebody has waited
/// a while for those that it has, one at a time, and never more than a bound. Nothing ticks: a timer runs while somebody waits or a
/// connection idles, and each of them is for that one purpose.
final class ConnectionPool: Sendable {
    /// What limits the pool.
    struct Limits: Sendable {
        /// Connections to one server (or between one pair of servers).
        var perServer = 16
        /// Connections beyond that for questions and orders, which must not wait behind long files.
        var forCommands = 4
        /// How long a connection may idle; below the 15 minutes after which servers hang up.
        var idleTime = Duration.seconds(60)
        /// How long somebody waits before another connection is opened for him.
        var growthDelay = Duration.milliseconds(250)
    }

    private let state = Mutex(ConnectionPoolState())
    private let limits: Limits
    private let make: @Sendable (_ stamp: Int) -> Connection
    private let stamp: @Sendable () -> Int

    /// - Parameters:
    ///   - stamp: changes when the credential does; connections of an earlier credential are not lent any more.
    ///   - make: makes a connection of that stamp; a server is contacted by its first operation.
    init(limits: Limits, stamp: @escaping @Sendable () -> Int, make: @escaping @Sendable (_ stamp: Int) -> Connection) {
        self.limits = limits
        self.make = make
        self.stamp = stamp
    }

    /// Runs `body` with a connection to `server`. A connection that turns out to have been closed meanwhile is replaced,
    /// and `body` runs a second time: it must not mind.
    /// - Parameter waiting: called now and then while others use the connections and do get on.
    func withConnection<Result: Sendable>(
        to server: String, preferring use: Connection.Use = .nothing, isCommand: Bool,
        waiting: @escaping @Sendable () -> Void = {}, _ body: (Connection) async throws -> Result
    ) async throws -> Result {
        let connection = try await lease(server, use, isCommand: isCommand, waiting)
        let wasUsed = !connection.isFresh
        do {
            let result = try await body(connection)
            giveBack(connection, to: server)
            return result
        } catch let failure as FTPFailure where wasUsed && !failure.isAnswer && failure != .cancelled {
            // Most likely the server was restarted or grew tired: its other idle connections are no better.
            if failure.saysHungUp { dropIdle(server) }
        } catch {
            giveBack(connection, to: server)
            throw error
        }
        // In the place of the old one, not out of the pool: another old one might fail the same way.
        let fresh = open(server)
        defer { giveBack(fresh, to: server) }
        return try await body(fresh)
    }

    /// True when somebody waits for a connection to that server.
    func isCrowded(_ server: String) -> Bool { state.withLock { $0.isCrowded(server) } }

    private func lease(
        _ server: String, _ use: Connection.Use, isCommand: Bool, _ waiting: @escaping @Sendable () -> Void
    ) async throws -> Connection {
        let current = stamp()
        let limit = limits.perServer + (isCommand ? limits.forCommands : 0)
        let ticket = Ticket()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (answer, stale) = state.withLock { state in
                    let stale = state.renew(current)
                    return (state.lease(server, use, limit: limit, ticket, continuation, waiting), stale)
                }
                _ = stale
                switch answer {
                case .idle(let connection): continuation.resume(returning: connection)
                case .new: continuation.resume(returning: open(server))
                case .wait: watchGrowth()
                case .cancelled: continuation.resume(throwing: FTPFailure.cancelled)
                }
            }
        } onCancel: {
            state.withLock { $0.cancel(ticket, of: server) }?.resume(throwing: FTPFailure.cancelled)
        }
    }

    private func open(_ server: String) -> Connection {
        let connection = make(stamp())
        state.withLock { $0.note(opening: connection, to: server) }
        return connection
    }

    private func giveBack(_ connection: Connection, to server: String) {
        let (waiter, mustReap) = state.withLock { state in
            (state.giveBack(connection, to: server), state.startsReaping())
        }
        switch waiter {
        case .hand(let continuation): continuation.resume(returning: connection)
        case .replace(let continuation): continuation.resume(returning: open(server))
        case nil: break
        }
        if mustReap { reap() }
    }

    private func dropIdle(_ server: String) {
        let closed = state.withLock { $0.takeIdle(of: server) }
        _ = closed
    }

    /// Opens another connection for whoever has waited too long, until nobody waits.
    private func watchGrowth() {
        guard state.withLock({ $0.startsWatching() }) else { return }
        startTask { [self] in
            while true {
                try? await pause(for: limits.growthDelay)
                let (grown, waiting, isDone) = state.withLock { $0.grow(waitingSince: .now - limits.growthDelay) }
                for (server, waiter) in grown { waiter.resume(returning: open(server)) }
                for tell in waiting { tell() }
                if isDone { return }
            }
        }
    }

    /// Closes what has idled long enough, until nothing idles.
    private func reap() {
        startTask { [self] in
            while let wake = state.withLock({ $0.nextReaping(idleTime: limits.idleTime) }) {
                try? await pause(for: wake - .now)
                let closed = state.withLock { $0.takeIdle(since: .now - limits.idleTime) }
                _ = closed
            }
        }
    }
}

/// Names one wait for a connection.
final class Ticket: Sendable {
    private let flag = Atomic(false)

    /// True when the wait was called off.
    var isCancelled: Bool { flag.load(ordering: .relaxed) }

    func cancel() { flag.store(true, ordering: .relaxed) }
}
