import Glibc

/// A driver's whole life between its first request and its exit status.
struct Conversation<FamilyType: Family> {
    /// What an ending allows for work in flight: gwd forgets a driver one second after FINALIZE; a person who pipes
    /// requests in and closes the pipe wants the answers.
    private static var graceAfterFinalize: Duration { .milliseconds(500) }
    private static var graceAfterEndOfInput: Duration { .seconds(30) }

    private let setting: DriverSetting
    private let streams: StandardStreams
    private let wakeUp: WakeUp
    private let writer: LineWriter
    private let dispatcher: Dispatcher
    private let session: Session<FamilyType>

    init(setting: DriverSetting, streams: StandardStreams, wakeUp: WakeUp) {
        self.setting = setting
        self.streams = streams
        self.wakeUp = wakeUp
        let writer = LineWriter(descriptor: streams.output, trace: setting.trace) { wakeUp.send(.outputBroken) }
        self.writer = writer
        dispatcher = Dispatcher(places: setting.places, log: setting.log)
        session = Session(
            writer: writer, dispatcher: dispatcher, limits: setting.limits, trace: setting.trace,
            makeFamily: {
                [
                    mistake = setting.mistake, launch = setting.launch(), limits = setting.limits,
                    patience = setting.patience
                ] in
                if let mistake { throw mistake }
                let driver = try await FamilyType.DriverType(launch)
                return FamilyType(
                    driver: driver,
                    setting: FamilySetting(limits: limits, patience: patience, writer: writer, log: launch.log))
            },
            log: setting.log, onFailure: { wakeUp.send(.initializationFailed) })
    }

    /// Reads until the conversation ends; returns the exit status.
    func run() -> Int32 {
        setting.log.info("start", ["version": MADKitVersion.text, "gw_location": setting.tree.root ?? "-"])
        let ending = LineReader(input: streams.input, wakeUp: wakeUp)
            .run({ session.take($0) }, pause: { session.dispatch() })
        setting.log.info("end", ["reason": "\(ending)"])
        switch ending {
        case .finished:
            drain(until: .now + Self.graceAfterFinalize)
        case .endOfInput:
            drain(until: .now + Self.graceAfterEndOfInput)
        case .woken(.initializationFailed):
            _ = writer.flush(until: .now + .seconds(1))
            return status(of: session.failure)
        case .woken(.outputBroken), .woken(.signal):
            break
        }
        return close()
    }

    /// Lets work in flight answer, and its answers be read, as long as somebody reads the answers and nobody is in a hurry.
    private func drain(until deadline: Instant) {
        while Instant.now < deadline, !streams.isOutputClosed {
            if let reason = wakeUp.take(), reason != .initializationFailed { return }
            let slice = min(deadline, .now + .milliseconds(50))
            // In this order: the end of INIT brings work.
            if session.isInitializing {
                usleep(1_000)
            } else if dispatcher.waitUntilIdle(until: slice), writer.flush(until: slice) {
                return
            }
        }
    }

    /// Answers what is owed, lets the driver go, and writes the last lines, all within 0.4 s.
    private func close() -> Int32 {
        let deadline = Instant.now + .milliseconds(400)
        let ending = MADError(.cancelled, "the driver is ending")
        let wasInitializing = session.callOff(ending)
        dispatcher.callOff(ending)
        if let family = session.family {
            let done = Monitor(false)
            startTask {
                await family.shutDown()
                done.withLock { $0 = true }
                done.wakeAll()
            }
            _ = done.wait(until: min(deadline, .now + .milliseconds(300))) { $0 ? true : nil }
        }
        session.answerFinalize()
        if !streams.isOutputClosed { _ = writer.flush(until: deadline) }
        // A mistake in the options counts even when nobody asked with INIT.
        let failure = wasInitializing ? nil : session.failure ?? setting.mistake
        return failure == nil ? 0 : status(of: failure)
    }

    /// The exit status for an INIT that failed, by the customs of sysexits(3).
    private func status(of error: MADError?) -> Int32 {
        switch error?.code {
        case .invalid: EX_USAGE
        case .unknown: EX_NOINPUT
        case .unreachable, .timedOut: EX_UNAVAILABLE
        case .credential, .refused: EX_NOPERM
        case .system: EX_OSERR
        default: EX_SOFTWARE
        }
    }
}
