import Glibc
import Synchronization

/// The conversation with gwd: takes requests in, sees to INIT, and hands the rest to the dispatcher.
///
/// All requests come from the reader's thread; nothing here waits.
final class Session<FamilyType: Family>: Sendable {
    /// How far the conversation has come.
    private enum Phase {
        /// No INIT yet.
        case fresh
        /// The driver is being made; INIT's own reply is owed, and requests wait in `waiting`.
        case initializing(Reply)
        /// Requests become operations.
        case ready(FamilyType)
        /// INIT failed; the process is about to end.
        case failed(MADError)
    }

    private let phase = Mutex(Phase.fresh)
    private let writer: LineWriter
    private let dispatcher: Dispatcher
    private let limits: GWDLimits
    private let trace: WireTrace?
    private let makeFamily: @Sendable () async throws -> FamilyType
    private let log: Log
    private let onFailure: @Sendable () -> Void
    /// Requests that came while INIT was worked on. Taken only under the lock of `phase`.
    private let waiting = Mutex<[(RequestLine, Reply)]>([])
    private let batch = Mutex<[Operation]>([])
    private let finalization = Mutex<Reply?>(nil)

    /// - Parameters:
    ///   - makeFamily: makes the driver; called at INIT.
    ///   - onFailure: called when INIT has been answered FAILURE.
    init(
        writer: LineWriter, dispatcher: Dispatcher, limits: GWDLimits, trace: WireTrace?,
        makeFamily: @escaping @Sendable () async throws -> FamilyType, log: Log,
        onFailure: @escaping @Sendable () -> Void
    ) {
        self.writer = writer
        self.dispatcher = dispatcher
        self.limits = limits
        self.trace = trace
        self.makeFamily = makeFamily
        self.log = log
        self.onFailure = onFailure
    }

    /// Takes one request; false when it was FINALIZE.
    func take(_ piece: LineSplitter.Piece) -> Bool {
        switch piece {
        case .line(let bytes):
            trace?.record(.received, bytes)
            return take(RequestLine(bytes, fields: FamilyType.fields))
        case .overlong(let bytes):
            let beginning = UnsafeRawBufferPointer(rebasing: bytes.prefix(256))
            trace?.record(.received, beginning)
            let line = RequestLine(beginning, fields: FamilyType.fields)
            reply(to: line).fail(MADError(.invalid, "the request is longer than \(LineReader.longestLine) bytes"))
            return true
        }
    }

    private func take(_ line: RequestLine) -> Bool {
        let reply = reply(to: line)
        switch line.verb {
        case "FINALIZE":
            finalization.withLock { $0 = reply }
            return false
        case "INIT":
            initialize(line, reply)
        case "":
            reply.fail(MADError(.invalid, "Empty request"))
        default:
            if line.isGarbled {
                reply.fail(MADError(.invalid, "the request is not UTF-8 text"))
            } else {
                route(line, reply)
            }
        }
        return true
    }

    private func reply(to line: RequestLine) -> Reply {
        let head = FamilyType.head(of: line, verb: FamilyType.printable(line.verb))
        return Reply(head: head, infoBytes: FamilyType.infoBytes(head: head, limits: limits), writer: writer)
    }

    private func route(_ line: RequestLine, _ reply: Reply) {
        let family = phase.withLock { phase -> FamilyType? in
            switch phase {
            case .ready(let family):
                return family
            case .initializing:
                waiting.withLock { $0.append((line, reply)) }
            case .fresh:
                reply.fail(MADError(.notInitialized, "MAD not initialized"))
            case .failed(let error):
                reply.fail(MADError(.notInitialized, "MAD not initialized", cause: error.description))
            }
            return nil
        }
        if let family { file(line, reply, to: family) }
    }

    /// Sends off what was taken since the last call.
    func dispatch() {
        // Emptied under the lock, so that a driver that becomes ready meanwhile cannot overtake.
        batch.withLock { dispatcher.submit(&$0) }
        // A flood that outruns the work leaves it the processor for a moment. Even then 16 MB are read each second; a real
        // gwd stays far below this backlog.
        if dispatcher.backlog > 20_000 { usleep(4_000) }
    }

    private func file(_ line: RequestLine, _ reply: Reply, to family: FamilyType) {
        do {
            let operation = try family.operation(for: line, reply: reply)
            batch.withLock { $0.append(operation) }
        } catch {
            reply.fail(error)
        }
    }

    private func initialize(_ line: RequestLine, _ reply: Reply) {
        let isFirst = phase.withLock { phase -> Bool in
            switch phase {
            case .fresh:
                phase = .initializing(reply)
                return true
            case .initializing:
                waiting.withLock { $0.append((line, reply)) }
            case .ready:
                // A second INIT changes nothing and hurts nobody.
                reply.succeed()
            case .failed(let error):
                reply.fail(error)
            }
            return false
        }
        guard isFirst else { return }
        // gwd waits 5 s for the answer and then gives the driver up.
        let alarm = startTask { [self] in
            guard (try? await pause(for: .seconds(4))) != nil else { return }
            fail(MADError(.timedOut, "the driver was not ready within 4 s"))
        }
        let makeFamily = makeFamily
        startTask { [self] in
            do {
                let family = try await makeFamily()
                let greeting = await family.greeting()
                alarm.cancel()
                // The reply first: gwd takes the first line that it reads for it.
                reply.succeed(greeting)
                open(family)
                await family.attend()
            } catch {
                fail(MADError.wrapping(error))
            }
        }
    }

    /// Hands on what waited. Only then is the driver ready: whoever finds it ready and nothing at work may end the process.
    private func open(_ family: FamilyType) {
        while true {
            let lines = phase.withLock { phase -> [(RequestLine, Reply)] in
                guard case .initializing = phase else { return [] }
                let lines = takeWaiting()
                if lines.isEmpty { phase = .ready(family) }
                return lines
            }
            guard !lines.isEmpty else { return }
            for (line, reply) in lines {
                if line.verb == "INIT" { reply.succeed() } else { file(line, reply, to: family) }
            }
            dispatch()
        }
    }

    private func fail(_ error: MADError) {
        guard isInitializing else { return }
        // Before the answer: the process may end as soon as gwd has it.
        log.error("init", ["error": error.description])
        if callOff(error) { onFailure() }
    }

    /// Ends INIT, if it is being worked on: answers it, and whatever waits for it, with `error`. False when it was not.
    @discardableResult
    func callOff(_ error: MADError) -> Bool {
        let owed = phase.withLock { phase -> [Reply]? in
            guard case .initializing(let reply) = phase else { return nil }
            phase = .failed(error)
            return [reply] + takeWaiting().map(\.1)
        }
        guard let owed else { return false }
        for reply in owed { reply.fail(error) }
        return true
    }

    private func takeWaiting() -> [(RequestLine, Reply)] {
        waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
    }

    /// True while INIT is being worked on.
    var isInitializing: Bool {
        if case .initializing = phase.withLock({ $0 }) { true } else { false }
    }

    /// Why INIT failed, if it did.
    var failure: MADError? {
        if case .failed(let error) = phase.withLock({ $0 }) { error } else { nil }
    }

    /// The driver, once INIT made it.
    var family: FamilyType? {
        if case .ready(let family) = phase.withLock({ $0 }) { family } else { nil }
    }

    /// Answers FINALIZE, if that is how the conversation ended.
    func answerFinalize() {
        finalization.withLock { $0.take() }?.succeed()
    }
}
