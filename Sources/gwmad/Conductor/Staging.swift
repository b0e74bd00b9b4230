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
        var open = files.map { (file: $0, tries: 1, due: ContinuousClock.now as ContinuousClock.Instant?) }
        var failed: [Failed] = []
        var isDone = [Bool](repeating: false, count: open.count)
        while isDone.contains(false) {
            for index in open.indices where !isDone[index] {
                let request = WireRequest.copy(job, open[index].file)
                if let due = open[index].due, due <= .now {
                    open[index].due = nil
                    link.send(request)
                    unansweredCopies += 1
                }
                guard let reply = link.take(request.key) else { continue }
                unansweredCopies -= 1
                if reply.isSuccess {
                    isDone[index] = true
                    continue
                }
                let reason = board.refused(link, request, "FAILURE: \(reply.info)")
                if open[index].tries < retries.tries {
                    open[index].due = .now + retries.pause(after: open[index].tries)
                    open[index].tries += 1
                    board.console.note("\(reason); once more, as gwd would")
                } else {
                    isDone[index] = true
                    failed.append(Failed(file: open[index].file, reason: reason))
                }
            }
            let left = isDone.indices.filter { !isDone[$0] }
            guard !left.isEmpty else { break }
            guard let waiting = left.first(where: { open[$0].due == nil }) else {
                try board.turn(until: left.compactMap { open[$0].due }.min() ?? .now)
                continue
            }
            let request = WireRequest.copy(job, open[waiting].file)
            guard link.isOpen else { throw board.ended(link, request.line) }
            let deadline = max(link.lastHeard, link.lastSent) + board.copyPatience
            guard ContinuousClock.now < deadline else { throw board.silent(link, request.line, board.copyPatience) }
            try board.turn(until: min(deadline, left.compactMap { open[$0].due }.min() ?? deadline))
        }
        return failed
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
