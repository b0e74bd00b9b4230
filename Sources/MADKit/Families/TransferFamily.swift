import Synchronization

/// INIT, START, END, MKDIR, RMDIR, EXISTS, CP and FINALIZE, in lines of six words.
final class TransferFamily<DriverType: TransferDriver>: Family {
    static var fields: Int { 6 }
    static var patience: Duration { .seconds(120) }

    private let driver: DriverType
    private let setting: FamilySetting
    private let jobs = OpenJobs()

    init(driver: DriverType, setting: FamilySetting) {
        self.driver = driver
        self.setting = setting
    }

    static func head(of line: RequestLine, verb: String) -> String {
        FourWordReply.head(of: line, verb: verb) + (verb == "CP" ? " " + FourWordReply.number(line[2]) : " -")
    }

    static func infoBytes(head: String, limits: GWDLimits) -> Int { limits.infoBytes }

    func shutDown() async { await driver.shutDown() }

    func greeting() async -> Info { await driver.stagingURL.map { Info($0.text) } ?? .none }

    func operation(for line: RequestLine, reply: Reply) throws(MADError) -> Operation {
        switch line.verb {
        case "START":
            let job = try job(in: line)
            return operation("START \(job)", job, .replacing, reply) { [self] in
                if jobs.close(job) { try? await driver.end(job) }
                try await driver.start(job)
                jobs.open(job)
                reply.succeed()
            }
        case "END":
            let job = try job(in: line)
            return operation("END \(job)", job, .replacing, reply) { [self] in
                guard jobs.close(job) else { throw jobs.notOpen(job) }
                try await driver.end(job)
                reply.succeed()
            }
        case "MKDIR":
            return try directoryOperation(line, reply) { [self] job, url in
                try await driver.makeDirectory(url, for: job)
                reply.succeed(Info(url.text))
            }
        case "RMDIR":
            let progress = Progress()
            return try directoryOperation(line, reply, progress) { [self] job, url in
                try await driver.removeDirectory(url, for: job, progress: progress)
                reply.succeed()
            }
        case "EXISTS":
            return try directoryOperation(line, reply) { [self] job, url in
                guard try await driver.exists(url, for: job) else {
                    throw MADError(.unknown, "\(url) does not exist")
                }
                reply.succeed()
            }
        case "CP":
            return try copyOperation(line, reply)
        default:
            throw MADError(.invalid, "Unknown command \(Self.printable(line.verb))")
        }
    }

    private func directoryOperation(
        _ line: RequestLine, _ reply: Reply, _ progress: Progress? = nil,
        _ body: @escaping @Sendable (JobID, TransferURL) async throws -> Void
    ) throws(MADError) -> Operation {
        let job = try job(in: line)
        let url = try url(line[4], "URL")
        return operation("\(line.verb) \(url)", job, .alone, reply, progress) { [self] in
            guard jobs.isOpen(job) else { throw jobs.notOpen(job) }
            try await body(job, url)
        }
    }

    private func copyOperation(_ line: RequestLine, _ reply: Reply) throws(MADError) -> Operation {
        let job = try job(in: line)
        guard !line.isShorter(than: 6) else { throw MADError(.invalid, "Not enough parameters.") }
        guard let transfer = line[2].flatMap({ TransferID($0) }) else {
            throw MADError(.invalid, "the request names no transfer number")
        }
        let mode = line[3]?.uppercased()
        guard mode == nil || mode == "X" else { throw MADError(.invalid, "unknown mode '\(mode ?? "")' (X or -)") }
        let copy = Copy(
            job: job, transfer: transfer, source: try url(line[4], "source"),
            destination: try url(line[5], "destination"),
            isExecutable: mode == "X")
        let progress = Progress()
        return operation("CP \(copy.source) -> \(copy.destination)", job, .together, reply, progress) { [self] in
            guard jobs.isOpen(job) else { throw jobs.notOpen(job) }
            try await driver.copy(copy, progress: progress)
            reply.succeed(copy.summary)
        }
    }

    private func url(_ word: String?, _ what: String) throws(MADError) -> TransferURL {
        guard let word else { throw MADError(.invalid, "the request names no \(what)") }
        guard let url = TransferURL(word) else {
            throw MADError(.invalid, "the \(what) holds blanks or control characters: \(word)")
        }
        return url
    }

    /// Only START and END replace; only copies go together.
    private func pool(_ order: Operation.Order) -> Operation.Pool {
        switch order {
        case .replacing: .urgent
        case .alone: .control
        case .together: .bulk
        }
    }

    private func operation(
        _ subject: @autoclosure @escaping @Sendable () -> String, _ job: JobID, _ order: Operation.Order,
        _ reply: Reply, _ progress: Progress? = nil,
        _ body: @escaping @Sendable () async throws -> Void
    ) -> Operation {
        Operation(
            lane: job, order: order, pool: pool(order), patience: setting.patience,
            subject: subject, reply: reply, progress: progress, body: body)
    }
}

extension Copy {
    /// INFO of the reply, as gwd logs it.
    fileprivate var summary: Info {
        var text = ""
        // In one piece: a driver copies many small files.
        text.reserveCapacity(source.text.utf8.count + destination.text.utf8.count + 4)
        text += "("
        text += source.text
        text += "->"
        text += destination.text
        text += ")"
        return Info(text)
    }
}

/// The jobs between START and END.
private final class OpenJobs: Sendable {
    private let jobs = Mutex(Set<JobID>())

    func open(_ job: JobID) { jobs.withLock { _ = $0.insert(job) } }
    func isOpen(_ job: JobID) -> Bool { jobs.withLock { $0.contains(job) } }
    /// False when the job was not open.
    func close(_ job: JobID) -> Bool { jobs.withLock { $0.remove(job) != nil } }

    func notOpen(_ job: JobID) -> MADError { MADError(.unknown, "job \(job) is not started or its number is invalid") }
}
