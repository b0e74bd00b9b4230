/// INIT, SUBMIT, RECOVER, POLL, CANCEL and FINALIZE in lines of four words; CALLBACK and TIMER lines without being asked.
struct ExecutionFamily<DriverType: ExecutionDriver>: Family {
    static var fields: Int { 4 }
    static var patience: Duration { .seconds(120) }

    private let driver: DriverType
    private let setting: FamilySetting
    private let table: JobTable

    init(driver: DriverType, setting: FamilySetting) {
        self.driver = driver
        self.setting = setting
        table = JobTable()
    }

    static func head(of line: RequestLine, verb: String) -> String { FourWordReply.head(of: line, verb: verb) }

    static func infoBytes(head: String, limits: GWDLimits) -> Int { limits.infoBytes }

    func shutDown() async { await driver.shutDown() }

    func greeting() async -> Info { .none }

    func operation(for line: RequestLine, reply: Reply) throws(MADError) -> Operation {
        switch line.verb {
        case "SUBMIT":
            let job = try job(in: line)
            guard let resource = line[2], let document = line[3] else {
                throw MADError(.invalid, "Not all four arguments defined")
            }
            guard let contact = ResourceContact(resource) else {
                throw MADError(.invalid, "the resource contact holds control characters")
            }
            let submission = Submission(job: job, resource: contact, document: String(document))
            return operation("SUBMIT to \(contact)", job, .bulk, reply) { try await submit(submission, reply) }
        case "RECOVER":
            let job = try job(in: line)
            guard let contact = line[2].flatMap({ JobContact($0) }) else {
                throw MADError(.invalid, "the request names no job contact")
            }
            return operation("RECOVER \(contact)", job, .bulk, reply) { try await recover(job, contact, reply) }
        case "POLL":
            let job = try job(in: line)
            let table = table
            return operation("POLL \(job)", job, .control, reply, fallback: { table.state(of: job)?.word }) {
                try await poll(job, reply)
            }
        case "CANCEL":
            let job = try job(in: line)
            return operation("CANCEL \(job)", job, .urgent, reply) { try await cancel(job, reply) }
        default:
            throw MADError(.invalid, "Unknown command \(Self.printable(line.verb))")
        }
    }

    private func operation(
        _ subject: @autoclosure @escaping @Sendable () -> String, _ job: JobID, _ pool: Operation.Pool, _ reply: Reply,
        fallback: (@Sendable () -> Info?)? = nil, _ body: @escaping @Sendable () async throws -> Void
    ) -> Operation {
        Operation(
            lane: job, order: .alone, pool: pool, patience: setting.patience, subject: subject, reply: reply,
            fallback: fallback, body: body)
    }

    private func submit(_ submission: Submission, _ reply: Reply) async throws {
        if let old = table.expect(submission.job) { await driver.forget(old) }
        let contact: JobContact
        do {
            contact = try await driver.submit(submission)
        } catch {
            table.giveUp()
            throw error
        }
        let fits = contact.text.utf8.count <= setting.limits.infoBytes
        let isEntered = table.enter(
            submission.job, contact, .pending, tell: { fits && reply.succeed(Info(contact.text)) },
            announce: { announce(submission.job, contact, $0) })
        guard !isEntered else { return }
        // gwd was told that this submission failed; a job that runs all the same would run unseen, and twice.
        reply.fail(MADError(.internal, "the job contact is longer than gwd can keep: \(contact)"))
        setting.log.warning("orphan", ["job": "\(submission.job)", "contact": contact.text])
        let driver = driver
        startTask { await driver.abandon(contact) }
    }

    private func recover(_ job: JobID, _ contact: JobContact, _ reply: Reply) async throws {
        if let old = table.expect(job), old != contact { await driver.forget(old) }
        do {
            let state = try await driver.recover(contact)
            _ = table.enter(
                job, contact, state, tell: { reply.succeed(state.word) }, announce: { announce(job, contact, $0) })
        } catch {
            table.giveUp()
            throw error
        }
    }

    private func poll(_ job: JobID, _ reply: Reply) async throws {
        guard let (contact, known) = table.entry(of: job) else { throw MADError(.unknown, "Job does not exist") }
        guard !known.isFinal else {
            reply.succeed(known.word)
            return
        }
        do {
            let state = try await driver.poll(contact)
            table.update(job, to: state) { reply.succeed($0.word) }
        } catch let error as MADError where error.code == .unreachable || error.code == .timedOut {
            setting.log.warning("poll", ["job": "\(job)", "contact": contact.text, "error": "\(error)"])
            reply.succeed(table.state(of: job)?.word ?? known.word)
        }
    }

    private func cancel(_ job: JobID, _ reply: Reply) async throws {
        guard let (contact, state) = table.entry(of: job) else { throw MADError(.unknown, "Job does not exist") }
        if !state.isFinal { try await driver.cancel(contact) }
        reply.succeed()
    }

    /// Turns the driver's news into CALLBACK and TIMER lines.
    func attend() async {
        for await item in driver.news {
            switch item {
            case .notice(let text):
                write("TIMER - SUCCESS", Info(text))
            case .state(let contact, let state):
                table.note(contact, state) { job, state in announce(job, contact, state) }
                if state.isFinal { await driver.forget(contact) }
            }
        }
    }

    private func announce(_ job: JobID, _ contact: JobContact, _ state: JobState) {
        setting.log.info("callback", ["job": "\(job)", "contact": contact.text, "state": state.word.text])
        switch state {
        case .pending, .active, .suspended, .done: write("CALLBACK \(job) SUCCESS", state.word)
        case .cancelled: write("CALLBACK \(job) SUCCESS", "FAILED")
        case .failed(let reason): write("CALLBACK \(job) FAILURE", Info(reason))
        }
    }

    private func write(_ head: String, _ info: Info) {
        let info = info.limited(to: setting.limits.infoBytes)
        setting.writer.write { line in
            line.append(head)
            line.append(0x20)
            line.append(info)
        }
    }
}
