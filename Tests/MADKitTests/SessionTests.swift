import Glibc
import Testing

@testable import MADKit

/// The conversation's first moments, as seen by the thread that has to decide whether work is left.
@Suite struct SessionTests {
    /// Never answers.
    private struct HangingDriver: TransferDriver {
        static let manual = Manual(program: "test", summary: "hangs", options: [])
        init(_ launch: Launch) async throws {}
        func makeDirectory(_ url: TransferURL, for job: JobID) async throws {}
        func removeDirectory(_ url: TransferURL, for job: JobID, progress: Progress) async throws {}
        func exists(_ url: TransferURL, for job: JobID) async throws -> Bool { true }
        func copy(_ copy: Copy, progress: Progress) async throws {}
        func start(_ job: JobID) async throws { try await pause(for: .seconds(1_000)) }
    }

    @Test func whatWaitedForInitIsAtWorkWhenInitIsOver() async throws {
        // On a thread of its own: it watches without a pause.
        try await BlockingPool().run { try watchTheEndOfInit() }
    }

    private func watchTheEndOfInit() throws {
        let null = open("/dev/null", O_WRONLY)
        let log = Log(program: "test", level: .error, descriptor: null)
        let writer = LineWriter(descriptor: null) {}
        let dispatcher = Dispatcher(places: .init(), log: log)
        for round in 0..<60 {
            let (gate, open) = AsyncStream.makeStream(of: Void.self)
            let session = Session<TransferFamily<HangingDriver>>(
                writer: writer, dispatcher: dispatcher, limits: .oldest, trace: nil,
                makeFamily: {
                    for await _ in gate {}
                    return TransferFamily(
                        driver: try await HangingDriver(Launch()),
                        setting: FamilySetting(limits: .oldest, patience: .seconds(100), writer: writer, log: log))
                }, log: log, onFailure: {})
            for line in ["INIT 200 - - - -", "START 1 - - - - "] {
                Array(line.utf8).withUnsafeBytes { _ = session.take(.line($0)) }
            }
            open.finish()
            while session.isInitializing { sched_yield() }
            #expect(!dispatcher.waitUntilIdle(until: .now), "round \(round)")
            dispatcher.callOff(MADError(.cancelled, "over"))
            try #require(dispatcher.waitUntilIdle(until: .now + .seconds(60)))
        }
    }
}
