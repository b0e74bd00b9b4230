import Foundation
import TestSupport
import Testing

/// END, a new START, FINALIZE and the end of the input, while copies run.
@Suite struct EndTests {
    /// A server whose files take longer than anybody waits.
    private func slowServer() throws -> FaultServer {
        try FaultServer(.init(file: Array(repeating: 1, count: 1000), delay: 20_000_000))
    }

    private func startCopies(_ job: GridTalk, _ server: FaultServer) async throws {
        for number in 0..<3 {
            job.talk.say("CP 0 \(number) - \(server.url("/f\(number)")) file://\(job.local.path)/f\(number)")
        }
        while !server.commands.contains(where: { $0.hasPrefix("RETR") }) { try await Task.sleep(for: .milliseconds(5)) }
    }

    @Test func endBreaksRunningCopiesOffAndAnswersAfterThem() async throws {
        let server = try slowServer()
        let job = try await GridTalk()
        try await startCopies(job, server)
        job.talk.say("END 0 - - - - ")
        #expect(try await job.talk.hear("END 0", within: .seconds(5)) == "END 0 - SUCCESS -")
        #expect(
            Array(job.talk.transcript.dropFirst(2).dropLast()).sorted().map { $0.prefix(14) } == [
                "CP 0 0 FAILURE", "CP 0 1 FAILURE", "CP 0 2 FAILURE",
            ])
        #expect(try names(in: job.local.path) == [])
        try await job.expect("START 0 - - - - ", "START 0 - SUCCESS -")
        try await job.prepare()
        try await job.finish()
    }

    @Test func startOnAnOpenJobBreaksItsCopiesOff() async throws {
        let server = try slowServer()
        let job = try await GridTalk()
        try await startCopies(job, server)
        job.talk.say("START 0 - - - - ")
        #expect(try await job.talk.hear("START 0", within: .seconds(5)) == "START 0 - SUCCESS -")
        #expect(try names(in: job.local.path) == [])
    }

    @Test func endBreaksTransfersBetweenServersOff() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        let source = try job.local.write("big", Data(count: 64 << 20))
        #expect(try await job.copy("file://\(source)", job.remote + "big").hasPrefix("CP 0 0 SUCCESS"))
        for number in 0..<4 { job.talk.say("CP 0 \(number) - \(job.remote)big \(job.remote2)big\(number)") }
        job.talk.say("END 0 - - - - ")
        #expect(try await job.talk.hear("END 0", within: .seconds(5)) == "END 0 - SUCCESS -")
        try await job.expect("START 0 - - - - ", "START 0 - SUCCESS -")
        try await job.finish()
    }

    @Test func finalizeInTheMiddleOfCopiesLeavesNoHalfFiles() async throws {
        let server = try slowServer()
        let job = try await GridTalk()
        try await startCopies(job, server)
        #expect(try names(in: job.local.path).count == 3)
        job.talk.say("FINALIZE - - - - -")
        let start = ContinuousClock.now
        #expect(try await job.talk.finish() == 0)
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(try names(in: job.local.path) == [])
    }

    @Test func theEndOfTheInputLetsCopiesFinish() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        let source = try job.local.write("source", Data(count: 1 << 20))
        for number in 0..<20 { job.talk.say("CP 0 \(number) - file://\(source) \(job.remote)\(number)") }
        job.talk.closeInput()
        #expect(try await job.talk.finish() == 0)
        #expect(job.talk.transcript.filter { $0.hasPrefix("CP 0 ") && $0.contains(" SUCCESS ") }.count == 20)
        try FileManager.default.removeItem(atPath: job.path)
    }
}
