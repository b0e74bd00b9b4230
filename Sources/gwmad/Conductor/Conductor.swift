import MADKit

/// How a job is conducted.
struct ConductorSettings: Sendable {
    var host: String?
    var queue: String?
    var retries = Retries()
    var pollInterval = Duration.seconds(10)
    /// Leave the job's directory on the host.
    var keepDirectory = false
    /// Whether the job stages its files itself, when that is not to be as gwd.conf says.
    var stagesByItself: Bool?
    /// The directory that results come to, in which the command was given.
    var home = "/"
}

/// Takes one job from finding a host to its results, in gwd's order of requests.
final class Conductor {
    private let job: Job
    private let lineUp: LineUp
    private let settings: ConductorSettings
    private let board: Switchboard
    private let clock: PhaseClock
    private let work: WorkDirectory
    private var staging: Staging?
    private var execution: Execution?
    private var stagingURL: String?
    /// True for a job that fetches and brings its files itself.
    private var stagesByItself = false

    init(
        _ job: Job, lineUp: LineUp, settings: ConductorSettings, board: Switchboard, clock: PhaseClock,
        work: WorkDirectory
    ) {
        self.job = job
        self.lineUp = lineUp
        self.settings = settings
        self.board = board
        self.clock = clock
        self.work = work
    }

    /// Conducts the job. Its output lies in the work directory then.
    /// - Throws: why it failed, after everything was cleaned up.
    func run() throws(Failure) -> JobResult {
        do throws(Failure) {
            let placement = try findHost()
            try startDrivers(for: placement)
            try stageIn(placement)
            let ending = try execute(placement)
            let result = try stageOut(ending)
            clock.enter(.finalize)
            board.finalizeAll()
            clock.stop()
            return result
        } catch {
            var failure = error
            failure.code = failure.code ?? clock.current?.code
            cleanUp(after: failure)
            throw failure
        }
    }

    // MARK: Before the job

    private func findHost() throws(Failure) -> Placement {
        clock.enter(.information)
        let service = InformationService(board: board)
        let console = board.console
        try service.start(try lineUp.informationDriversForJobs()) { console.note("\($0)") }
        try service.discover { console.note("\($0)") }
        let entries = service.entries.filter { entry in settings.host.map { HostChoice.matches($0, entry.name) } ?? true
        }
        guard !entries.isEmpty else {
            let known = service.entries.prefix(10).map(\.name.text).joined(separator: ", ")
            throw Failure(
                known.isEmpty ? "DISCOVER names no hosts" : "no host \(settings.host ?? ""); DISCOVER names \(known)")
        }
        // A few at a time: the first group with room is good enough, and a list may hold thousands.
        let groupSize = 16
        var reasons: [String] = []
        for start in stride(from: 0, to: entries.count, by: groupSize) {
            var hosts: [Host] = []
            let group = Array(entries[start..<min(start + groupSize, entries.count)])
            try service.monitor(group, parallel: groupSize) { entry, answer in
                switch answer {
                case .host(let host, let problems):
                    hosts.append(host)
                    problems.forEach { entry.link.defect("MONITOR \(entry.name): \($0)") }
                case .failure(let reason):
                    reasons.append("\(entry.name): \(reason)")
                }
            }
            if let best = HostChoice.best(of: hosts, queue: settings.queue) {
                clock.remark("\(best.contact)\(best.queue.map { ", queue \($0)" } ?? "")")
                return best
            }
            for host in hosts {
                if case .failure(let reason) = HostChoice.place(on: host, queue: settings.queue) {
                    reasons.append("\(reason)")
                }
            }
        }
        let more = reasons.count > 5 ? "\n  and \(reasons.count - 5) more" : ""
        throw Failure("no host can take the job:" + reasons.prefix(5).map { "\n  \($0)" }.joined() + more)
    }

    private func startDrivers(for placement: Placement) throws(Failure) {
        clock.enter(.drivers)
        let information = placement.host.informationDriver
        let executionDriver = try lineUp.execution(for: information)
        let language = try language(for: executionDriver)
        let transferDriver = try lineUp.transfer(for: information)
        guard placement.contact.text.utf8.count <= 255 else {
            throw Failure("\(placement.contact) is longer than gwd's 255 bytes")
        }
        let directory = "gsiftp://\(placement.storage)/~/\(job.directory)/"
        guard let url = TransferURL(directory), directory.utf8.count <= 255 else {
            throw Failure("'\(directory)' is no directory gwd could name: a blank, or more than 255 bytes")
        }
        let executionLink = try board.start(executionDriver)
        let transferLink = try board.start(transferDriver)
        stagingURL = transferLink.initialInfo
        stagesByItself = language == .rslNoSharedHome
        let staged = try stagedByJob(language, transferDriver)
        let document = try work.write("job.rsl.0", JobDocument.text(language, of: job, at: placement, staged: staged))
        execution = Execution(
            board: board, clock: clock, link: executionLink, job: job.id, contact: placement.contact,
            document: document,
            retries: settings.retries, pollInterval: settings.pollInterval)
        staging = Staging(
            board: board, link: transferLink, job: job.id, directory: url, retries: settings.retries,
            keepsDirectory: settings.keepDirectory)
        clock.remark("\(executionDriver.name), \(transferDriver.name)")
    }

    /// The language of the job's document: that of the driver, in the form that the options ask for.
    private func language(for driver: DriverSpec) throws(Failure) -> JobLanguage {
        let language = driver.language ?? .rsl2
        switch (settings.stagesByItself, language) {
        case (true?, .rsl2):
            throw Failure(
                .configuration,
                "\(driver.origin): \(driver.label) wants rsl2 documents, with which jobs do not stage by themselves; "
                    + "leave --rsl nsh out and take gw_tm_mad_ftp")
        case (true?, .rsl): return .rslNoSharedHome
        case (false?, .rslNoSharedHome): return .rsl
        default: return language
        }
    }

    /// The URLs of a job that stages by itself; `nil` for any other.
    /// - Throws: when the document's language and the transfer driver do not go together.
    private func stagedByJob(
        _ language: JobLanguage, _ driver: DriverSpec
    ) throws(Failure) -> JobDocument.StagedByJob? {
        switch (language, stagingURL) {
        case (.rslNoSharedHome, let url?): return JobDocument.StagedByJob(url) { work.file($0) }
        case (.rslNoSharedHome, nil):
            throw Failure(
                .configuration,
                "\(driver.origin): \(driver.label) tells no staging URL, which rsl_nsh needs: gw_tm_mad_dummy -g does")
        case (_, let url?):
            let advice = language == .rsl2 ? "rsl2 documents go with gw_tm_mad_ftp" : "give --rsl nsh"
            throw Failure(
                .configuration,
                "\(driver.origin): \(driver.label) leaves the files to the jobs, at \(url); \(advice)")
        case (_, nil): return nil
        }
    }

    // MARK: The files

    private func stageIn(_ placement: Placement) throws(Failure) {
        guard let staging else { return }
        let files = try filesToStageIn(staging.directory)
        var variables: [Job.Variable] = []
        if stagesByItself, let stagingURL {
            variables = JobScript.staging(
                of: files, results: try filesToStageOut(results()), url: stagingURL, home: settings.home)
        }
        try work.write(
            "job.env",
            JobScript.environment(of: job, placement: placement, stagingURL: stagingURL, staging: variables))
        try work.write("wrapper.sh", stagesByItself ? JobScript.stagingWrapper : JobScript.wrapper)
        clock.enter(.stageIn, "\(files.count) files to \(staging.directory)")
        clock.remark("\(files.count) files to \(staging.directory)")
        try staging.phase { staging throws(Failure) in
            try staging.start()
            try staging.makeDirectory()
            let failed = try staging.copy(files)
            if let first = failed.first {
                try staging.removeDirectory()
                try staging.end()
                throw Failure(first.reason.description + Conductor.more(failed.count))
            }
            try staging.end()
        }
    }

    /// In gwd's order and with its numbers: a program of the host and a missing stdin leave a gap.
    private func filesToStageIn(_ directory: TransferURL) throws(Failure) -> [StagedFile] {
        var files: [StagedFile] = []
        var next: Int32 = 0
        func add(_ name: String, _ source: TransferURL?, isExecutable: Bool = false) throws(Failure) {
            defer { next += 1 }
            guard let source else { return }
            files.append(
                StagedFile(
                    id: TransferID(next), isExecutable: isExecutable, source: source,
                    destination: try LocalFile.url(directory.text + name)))
        }
        for input in job.inputs { try add(input.name, input.url) }
        try add("job.env", try work.url("job.env"))
        try add(job.executable?.name ?? "", job.executable?.url, isExecutable: true)
        try add("stdin.execution", job.standardInput)
        try add(".wrapper", try work.url("wrapper.sh"), isExecutable: true)
        return files
    }

    // MARK: The job

    private func execute(_ placement: Placement) throws(Failure) -> Execution.Ending {
        guard let execution else { return .done(exitCode: nil) }
        clock.enter(.submit, "to \(placement.contact)")
        return try execution.run()
    }

    // MARK: The results

    private func stageOut(_ ending: Execution.Ending) throws(Failure) -> JobResult {
        guard let staging else { return JobResult(exitCode: 0, missing: []) }
        clock.enter(.stageOut)
        let wrapperFiles = try filesToStageOut([
            JobFile(name: "stdout.wrapper", url: try work.url("stdout.wrapper.0")),
            JobFile(name: "stderr.wrapper", url: try work.url("stderr.wrapper.0")),
        ])
        // What the wrapper said decides over the exit code; where it said nothing the job failed, and that is the end.
        let exitCode = try staging.phase { staging throws(Failure) -> Int32 in
            try staging.start()
            let failed = try staging.copy(wrapperFiles)
            let code = JobScript.exitStatus(in: work.text("stdout.wrapper.0"))
            if let code, case .done = ending {
                try staging.end()
                return code
            }
            try staging.removeDirectory()
            try staging.end()
            throw noExitCode(ending, failed)
        }
        let files = try filesToStageOut(results())
        clock.remark("\(files.count) files")
        let missing = try staging.phase { staging throws(Failure) -> [Staging.Failed] in
            try staging.start()
            let failed = try staging.copy(files)
            try staging.removeDirectory()
            try staging.end()
            return failed
        }
        return JobResult(exitCode: exitCode, missing: missing.map(\.reason))
    }

    private func results() throws(Failure) -> [JobFile] {
        job.outputs + [
            JobFile(name: "stdout.execution", url: try work.url("stdout.execution")),
            JobFile(name: "stderr.execution", url: try work.url("stderr.execution")),
        ]
    }

    private func filesToStageOut(_ files: [JobFile]) throws(Failure) -> [StagedFile] {
        guard let directory = staging?.directory else { return [] }
        var staged: [StagedFile] = []
        for (index, file) in files.enumerated() {
            staged.append(
                StagedFile(
                    id: TransferID(Int32(index)), isExecutable: false,
                    source: try LocalFile.url(directory.text + file.name), destination: file.url))
        }
        return staged
    }

    private func noExitCode(_ ending: Execution.Ending, _ failed: [Staging.Failed]) -> Failure {
        let complaint = Info(work.text("stderr.wrapper.0")).text
        let suffix = complaint == "-" ? "" : "\n  stderr.wrapper: \(complaint.prefix(500))"
        switch ending {
        case .failed(let reason):
            return Failure(.execution, reason + suffix)
        case .done(let code):
            let reason = failed.first.map { ": \($0.reason)" } ?? ""
            let told = code.map { " (the execution driver says DONE:\($0))" } ?? ""
            return Failure(.execution, "the job is over, but its wrapper left no EXIT_STATUS\(told)\(reason)\(suffix)")
        }
    }

    // MARK: After a failure

    /// Cancels the job, removes its directory and lets the drivers go; a second signal ends that at once.
    private func cleanUp(after failure: Failure) {
        clock.stop()
        let isInterrupted = failure.cause != .ordinary && failure.cause != .driverEnded
        board.console.begin(isInterrupted ? "\(failure): cleaning up, again to stop at once" : "cleaning up")
        board.hurry()
        let isCancelled = attempt { () throws(Failure) in try execution?.cancel() }
        let isClean = isCancelled && attempt { () throws(Failure) in try staging?.cleanUp() }
        if isClean { board.finalizeAll() } else { board.abandonAll() }
    }

    /// False when a signal ended it; any other failure is told and changes nothing.
    private func attempt(_ step: () throws(Failure) -> Void) -> Bool {
        do throws(Failure) {
            try step()
        } catch {
            board.console.note("while cleaning up: \(error)")
            if case .interrupted = error.cause { return false }
        }
        return true
    }

    private static func more(_ count: Int) -> String {
        count > 1 ? "\n  and \(count - 1) more copies failed" : ""
    }
}

/// What a job left.
struct JobResult: Sendable {
    let exitCode: Int32
    /// Why some of its files could not be brought back.
    let missing: [Failure]
}
