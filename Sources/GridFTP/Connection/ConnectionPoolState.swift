/// What the pool knows, as a value: every change is a method, every method runs under the pool's lock.
///
/// Connections taken out are returned, so that they are closed after the lock is released.
struct ConnectionPoolState {
    typealias Waiter = CheckedContinuation<Connection, any Error>

    /// What somebody who wants a connection gets.
    enum Answer {
        case idle(Connection)
        case new
        case wait
        case cancelled
    }

    /// What happens to the first in the queue when a connection comes back.
    enum Succession {
        /// He gets that one.
        case hand(Waiter)
        /// He gets a new one in its place.
        case replace(Waiter)
    }

    private struct Idle {
        let connection: Connection
        let since: ContinuousClock.Instant
    }

    private struct Waiting {
        let ticket: Ticket
        let waiter: Waiter
        let use: Connection.Use
        let since: ContinuousClock.Instant
        let limit: Int
        let tell: @Sendable () -> Void
    }

    private struct Server {
        /// Longest idle first.
        var idle: [Idle] = []
        /// Connections lent or idle.
        var count = 0
        var queue: [Waiting] = []
        /// The latest login, and when it began.
        var login: (isSettled: Flag, since: ContinuousClock.Instant)?

        /// True while a login may still succeed; a slow one does not hold others up for ever.
        var isLoggingIn: Bool {
            guard let login, !login.isSettled.isSet else { return false }
            return login.since > .now - .seconds(2)
        }
    }

    private let fairness = Duration.seconds(2)
    private var servers: [String: Server] = [:]
    private var stamp = 0
    private var isWatching = false
    private var isReaping = false

    /// True when somebody waits for a connection to that server.
    func isCrowded(_ name: String) -> Bool { servers[name]?.queue.isEmpty == false }

    /// Notes the credential in force. Returns idle connections that were made with another one.
    mutating func renew(_ stamp: Int) -> [Connection] {
        guard stamp != self.stamp else { return [] }
        self.stamp = stamp
        return takeAllIdle()
    }

    /// Finds a connection, allows a new one, or queues.
    mutating func lease(
        _ name: String, _ use: Connection.Use, limit: Int, _ ticket: Ticket, _ waiter: Waiter,
        _ tell: @escaping @Sendable () -> Void
    ) -> Answer {
        guard !ticket.isCancelled else { return .cancelled }
        var server = servers[name] ?? Server()
        defer { servers[name] = server }
        if !server.idle.isEmpty {
            let index = server.idle.lastIndex { $0.connection.use == use } ?? server.idle.count - 1
            return .idle(server.idle.remove(at: index).connection)
        }
        guard server.count > 0 else {
            server.count = 1
            return .new
        }
        server.queue.append(Waiting(ticket: ticket, waiter: waiter, use: use, since: .now, limit: limit, tell: tell))
        return .wait
    }

    /// Takes somebody out of the queue; `nil` when he has been served, or has not come yet.
    mutating func cancel(_ ticket: Ticket, of name: String) -> Waiter? {
        ticket.cancel()
        guard let index = servers[name]?.queue.firstIndex(where: { $0.ticket === ticket }) else { return nil }
        return servers[name]?.queue.remove(at: index).waiter
    }

    /// Takes a connection back: to the next in the queue, to the idle ones, or out of use.
    mutating func giveBack(_ connection: Connection, to name: String) -> Succession? {
        guard var server = servers[name] else { return nil }
        defer { servers[name] = server.count == 0 ? nil : server }
        let isFit = !connection.isSpent && !connection.isFresh && connection.stamp == stamp
        guard !server.queue.isEmpty else {
            if isFit { server.idle.append(Idle(connection: connection, since: .now)) } else { server.count -= 1 }
            return nil
        }
        let next = server.queue.remove(at: successor(of: connection, in: server.queue))
        return isFit ? .hand(next.waiter) : .replace(next.waiter)
    }

    /// Who comes next: the first who wants the same of the connection, because a change of direction costs ten small files;
    /// but nobody is passed over for long, and who waits gets a connection of his own sooner than that.
    private func successor(of connection: Connection, in queue: [Waiting]) -> Int {
        guard queue[0].since > .now - fairness else { return 0 }
        return queue.firstIndex { $0.use == connection.use } ?? 0
    }

    /// True when the caller has to watch the queues from now on.
    mutating func startsWatching() -> Bool {
        defer { isWatching = true }
        return !isWatching
    }

    /// Those who get a new connection because they have waited since `moment` or longer, one a server; those whose wait is
    /// for connections that work; and whether nobody waits any more.
    mutating func grow(
        waitingSince moment: ContinuousClock.Instant
    ) -> (grown: [(String, Waiter)], waiting: [@Sendable () -> Void], isDone: Bool) {
        var grown: [(String, Waiter)] = []
        var waiting: [@Sendable () -> Void] = []
        for (name, server) in servers {
            if server.login?.isSettled.isSet == true { waiting += server.queue.map(\.tell) }
            let index = server.queue.firstIndex { $0.since <= moment && server.count < $0.limit }
            guard !server.isLoggingIn, let index, let next = servers[name]?.queue.remove(at: index) else { continue }
            servers[name]?.count += 1
            grown.append((name, next.waiter))
        }
        let isDone = servers.values.allSatisfy { $0.queue.isEmpty }
        if isDone { isWatching = false }
        return (grown, waiting, isDone)
    }

    /// Notes that a login begins.
    mutating func note(opening connection: Connection, to name: String) {
        servers[name]?.login = (connection.isSettled, .now)
    }

    /// True when the caller has to close idle connections in time from now on.
    mutating func startsReaping() -> Bool {
        guard !isReaping, servers.values.contains(where: { !$0.idle.isEmpty }) else { return false }
        isReaping = true
        return true
    }

    /// When the next idle connection has to be closed; `nil`, and no more reaping, when none idles.
    mutating func nextReaping(idleTime: Duration) -> ContinuousClock.Instant? {
        guard let first = servers.values.compactMap({ $0.idle.first?.since }).min() else {
            isReaping = false
            return nil
        }
        return first + idleTime
    }

    /// Takes out what has idled since `moment` or longer.
    mutating func takeIdle(since moment: ContinuousClock.Instant) -> [Connection] {
        servers.keys.flatMap { takeIdle(of: $0) { $0.since <= moment } }
    }

    /// Takes out everything that idles.
    mutating func takeAllIdle() -> [Connection] {
        servers.keys.flatMap { takeIdle(of: $0) }
    }

    /// Takes out what idles at one server.
    mutating func takeIdle(of name: String) -> [Connection] {
        takeIdle(of: name) { _ in true }
    }

    private mutating func takeIdle(of name: String, where condition: (Idle) -> Bool) -> [Connection] {
        guard var server = servers[name] else { return [] }
        let taken = server.idle.filter(condition)
        server.idle.removeAll(where: condition)
        server.count -= taken.count
        servers[name] = server.count == 0 && server.queue.isEmpty ? nil : server
        return taken.map(\.connection)
    }
}
