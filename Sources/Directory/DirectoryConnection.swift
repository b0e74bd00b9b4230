import CPosix
import Glibc
import MADKit
import Synchronization

/// A kept connection to one server, with any number of searches on their way at once.
///
/// A thread of its own sits on it: it sends what tasks ask, sleeps until the server answers, a task asks or a deadline
/// passes, and ends when the connection does. The next search makes a new one. Between cycles of gwd the thread sleeps
/// without waking; most servers close first, after their `idletimeout`.
final class DirectoryConnection: Sendable {
    private enum Order: Sendable {
        case search(PendingSearch)
        case cancel(PendingSearch)
    }

    private struct Inbox {
        var orders: [Order] = []
        var isRunning = false
        /// True while the thread sleeps and nobody has woken it yet.
        var isAsleep = false
        var isRetired = false
        /// The end of the pipe that wakes the thread.
        var bell: Int32 = -1
        var lastUse = Instant.now
    }

    /// How long a connection is kept without use. Longer than gwd's intervals; most servers close before.
    private static let keeping = Duration.seconds(900)

    /// How long more of a long answer is let come together, in microseconds.
    private static let breath: UInt32 = 500

    /// Whom it connects to.
    let server: DirectoryServer
    private let access: DirectoryAccess
    private let inbox = Mutex(Inbox())

    init(server: DirectoryServer, access: DirectoryAccess) {
        self.server = server
        self.access = access
    }

    /// When the connection was asked for something last.
    var lastUse: Instant { inbox.withLock { $0.lastUse } }

    /// Asks the server.
    /// - Parameter deadline: when to give up, whatever the server does.
    /// - Throws: ``MADError`` naming the server; `CancellationError` when the task is cancelled first.
    func answer(to search: DirectorySearch, before deadline: Instant) async throws -> DirectoryAnswer {
        let pending = PendingSearch(search, deadline: deadline)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { waiter in
                if pending.wait(waiter) { submit(.search(pending)) }
            }
        } onCancel: {
            pending.settle(.failure(CancellationError()))
            submit(.cancel(pending))
        }
    }

    /// Closes the connection as soon as no search is under way.
    func retire() {
        inbox.withLock { inbox in
            inbox.isRetired = true
            ring(&inbox)
        }
    }

    private func submit(_ order: Order) {
        let mustStart = inbox.withLock { inbox -> Bool in
            inbox.orders.append(order)
            inbox.lastUse = .now
            ring(&inbox)
            defer { inbox.isRunning = true }
            return !inbox.isRunning
        }
        if mustStart { Thread.start { [self] in run() } }
    }

    /// Wakes the thread if it sleeps.
    private func ring(_ inbox: inout Inbox) {
        guard inbox.isAsleep else { return }
        inbox.isAsleep = false
        var byte: UInt8 = 1
        _ = write(inbox.bell, &byte, 1)
    }

    // MARK: The thread

    private func run() {
        let line = DirectoryLine(server: server, access: access)
        var ends: [Int32] = [-1, -1]
        guard mad_pipe(&ends, 1) == 0 else {
            let error = MADError.system("\(server.url): cannot make a pipe")
            for case .search(let pending) in endThread() { pending.settle(.failure(error)) }
            return
        }
        inbox.withLock { $0.bell = ends[1] }
        while true {
            for order in inbox.withLock({ inbox in exchange(&inbox.orders, with: []) }) {
                switch order {
                case .search(let pending): line.send(pending)
                case .cancel(let pending): line.cancel(pending)
                }
            }
            let isMore = line.collect(limit: 256)
            line.expire()
            if isMore { continue }
            if !line.isBusy, line.descriptor == nil || isOver {
                line.close()
                if mayEnd() { break }
                continue
            }
            if line.isStreaming { usleep(DirectoryConnection.breath) } else { sleep(line, bell: ends[0]) }
        }
        close(ends[0])
        close(ends[1])
    }

    /// True when the connection has no future.
    private var isOver: Bool {
        inbox.withLock { ($0.isRetired || $0.lastUse + DirectoryConnection.keeping <= .now) && $0.orders.isEmpty }
    }

    /// True when there is nothing to do; the next search then starts a new thread.
    private func mayEnd() -> Bool {
        inbox.withLock { inbox in
            guard inbox.orders.isEmpty else { return false }
            inbox.isRunning = false
            inbox.bell = -1
            return true
        }
    }

    private func endThread() -> [Order] {
        inbox.withLock { inbox in
            inbox.isRunning = false
            return exchange(&inbox.orders, with: [])
        }
    }

    /// Sleeps until the server says something, a task asks, or time runs out.
    private func sleep(_ line: DirectoryLine, bell: Int32) {
        let maySleep = inbox.withLock { inbox in
            inbox.isAsleep = inbox.orders.isEmpty
            return inbox.isAsleep
        }
        guard maySleep else { return }
        let end = line.isBusy ? line.alarm : lastUse + DirectoryConnection.keeping
        var watched = [
            pollfd(fd: line.descriptor ?? -1, events: Int16(POLLIN), revents: 0),
            pollfd(fd: bell, events: Int16(POLLIN), revents: 0),
        ]
        poll(&watched, 2, end == .distantFuture ? -1 : end.millisecondsFromNow)
        let wasRung = inbox.withLock { inbox in
            defer { inbox.isAsleep = false }
            return !inbox.isAsleep
        }
        if wasRung {
            var byte: UInt8 = 0
            _ = read(bell, &byte, 1)
        }
    }
}

private func exchange<Value>(_ place: inout Value, with new: Value) -> Value {
    defer { place = new }
    return place
}
