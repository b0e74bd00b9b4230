import MADKit

/// The file transfers of one job, through one transfer driver.
final class Staging {
    /// A copy that did not succeed, and the driver's reason.
    struct Failed {
        let file: StagedFile
        let reason: Failure
    }

    private let board: Switchboard
    private let job: JobID
    /// The job's directory, as gwd names it: `gsiftp://HOST/~/.gw_USER_JOB/`.
    let directory: TransferURL
    private(set) var link: DriverLink
    private let retries: Retries
    private let keepsDirectory: Bool
    /// True between START and END.
    private var isStarted = false
    /// True once there is a directory to remove.
    private(set) var hasDirectory = false
    private var unansweredCopies = 0

    /// - Parameter keepsDirectory: leave the directory on the host for somebody to look at.
    init(
        board: Switchboard, link: DriverLink, job: JobID, directory: TransferURL, retries: Retries, keepsDirectory: Bool
    ) {
        self.board = board
        self.link = link
        self.job = job
        self.directory = directory
        self.retries = retries
        self.keepsDirectory = keepsDirectory
    }

    /// Does one phase. A driver that dies in it is started again, once, and the phase is done anew from START, as in gwd.
    func phase<Result>(_ body: (Staging) throws(Failure) -> Result) throws(Failure) -> Result {
        do throws(Failure) {
            return try body(self)
        } catch {
            guard error.cause == .driverEnded else { throw error }
            board.console.note("\(error); starting it again, as gwd would")
            isStarted = false
            unansweredCopies = 0
            link = try board.restart(link)
            return try body(self)
        }
    }

    /// START.
    func start() throws(Failure) {
        _ = try board.demand(link, .start(job))
        isStarted = true
    }

    /// END; its failure changes nothing for gwd.
    func end() throws(Failure) {
        let reply = try board.ask(link, .end(job))
        isStarted = false
        unansweredCopies = 0
        if !reply.isSuccess { board.console.note("\(board.refused(link, .end(job), "FAILURE: \(reply.info)"))") }
    }

    /// An empty directory: what a former job left is removed first, which may well fail because there is nothing.
    func makeDirectory() throws(Failure) {
        _ = try board.ask(link, .removeDirectory(job, directory))
        do throws(Failure) {
            _ = try board.demand(link, .makeDirectory(job, directory))
        } catch {
            guard error.cause == .ordinary else { throw error }
            try end()
            throw error
        }
        hasDirectory = true
    }

    /// RMDIR, unless the directory is to be kept.
    func removeDirectory() throws(Failure) {
        guard !keepsDirectory else {
            board.console.note("kept on the host: \(directory)")
            return
        }
        let reply = try board.ask(link, .removeDirectory(job, directory))
        hasDirectory = false
        if !reply.isSuccess {
            board.console.note("\(board.refused(link, .removeDirectory(job, directory), "FAILURE: \(reply.info)"))")
        }
    }

    /// All copies at once; each is repeated as often as ``Retries`` allow. Returns the ones that failed for good.
    func copy(_ files: [StagedFile]) throws(Failure) -> [Failed] {
        var attempts = files.map { Attempt(file: $0, request: .copy(job, $0)) }
        var failed: [Failed] = []
        while true {
            for index in attempts.indices where attempts[index].isDue {
                attempts[index].due = nil
                link.send(attempts[index].request)
                unansweredCopies += 1
            }
            attempts = attempts.compactMap { settle($0, &failed) }
            guard !attempts.isEmpty else { return failed }
            try waitForNews(of: attempts)
        }
    }

    /// One copy on its way.
    private struct Attempt {
        let file: StagedFile
        let request: WireRequest
        var tries = 1
        /// When to send it; `nil` while its answer is awaited.
        var due: ContinuousClock.Instant? = .now

        var isDue: Bool { due.map { $0 <= .now } ?? false }
    }

    /// What is left to do about a copy: `nil` once it succeeded or failed for good.
    private func settle(_ attempt: Attempt, _ failed: inout [Failed]) -> Attempt? {
        guard attempt.due == nil, let reply = link.take(attempt.request.key) else { return attempt }
        unansweredCopies -= 1
        if reply.isSuccess { return nil }
        let reason = board.refused(link, attempt.request, "FAILURE: \(reply.info)")
        guard attempt.tries < retries.tries else {
            failed.append(Failed(file: attempt.file, reason: reason))
            return nil
        }
        board.console.note("\(reason); once more, as gwd would")
        var again = attempt
        again.due = .now + retries.pause(after: attempt.tries)
        again.tries += 1
        return again
    }

    private func waitForNews(of attempts: [Attempt]) throws(Failure) {
        let nextSend = attempts.compactMap(\.due).min()
        guard let waiting = attempts.first(where: { $0.due == nil }) else {
            try board.turn(until: nextSend ?? .now)
            return
        }
        guard link.isOpen else { throw board.ended(link, waiting.request.line) }
        let deadline = max(link.lastHeard, link.lastSent) + board.copyPatience
        guard ContinuousClock.now < deadline else {
            throw board.silent(link, waiting.request.line, board.copyPatience)
        }
        try board.turn(until: min(deadline, nextSend ?? deadline))
    }

    /// Leaves nothing behind, whatever was going on. END stops copies that are still running.
    func cleanUp() throws(Failure) {
        guard link.isOpen, isStarted || hasDirectory else { return }
        if isStarted, unansweredCopies > 0 || !hasDirectory { try end() }
        guard hasDirectory else { return }
        if !isStarted { try start() }
        try removeDirectory()
        try end()
    }
}

/// NUMBER_OF_RETRIES of a job template: how often a copy or a submission is tried in all.
struct Retries: Sendable {
    var tries = 1
    /// gwd waits this long after the first failure, twice as long after the second, and so on.
    var interval = Duration.seconds(5)

    func pause(after tries: Int) -> Duration { interval * tries }
}
