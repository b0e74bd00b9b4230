import Foundation
import TestSupport
import Testing

/// Jobs on a real gatekeeper, from submission to the end.
@Suite struct JobsRun {
    @Test func aJobOfAPollingJobManagerIsActiveAndThenDone() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        _ = try await talk.submit(0, to: grid.polling, try grid.job("sleep 1"))
        try await talk.hear("ACTIVE", of: 0)
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE")
        #expect(try await talk.answer(to: "POLL 0 - -") == "POLL 0 SUCCESS DONE")
        #expect(try await talk.answer(to: "CANCEL 0 - -") == "CANCEL 0 SUCCESS -")
        #expect(try await talk.ask("FINALIZE - - -") == "FINALIZE - SUCCESS -")
        #expect(try await talk.finish() == 0)
    }

    @Test func theExitCodeIsToldWhereTheJobManagerLearnsIt() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        _ = try await talk.submit(7, to: grid.events, try grid.job("exit 3"))
        #expect(try await talk.hear("DONE", of: 7) == "CALLBACK 7 SUCCESS DONE:3")
        #expect(try await talk.answer(to: "POLL 7 - -") == "POLL 7 SUCCESS DONE:3")
    }

    @Test func aJobThatCannotRunFailsWithItsReason() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        _ = try await talk.submit(1, to: grid.polling, try grid.description("&(executable=/no/such/program)"))
        #expect(try await talk.hear("CALLBACK 1") == "CALLBACK 1 FAILURE the executable does not exist (GRAM error 5)")
        #expect(try await talk.answer(to: "POLL 1 - -") == "POLL 1 SUCCESS FAILED")
    }

    @Test func manyJobsAtOnceLoseNoCallback() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        let document = try grid.description("&(executable=/bin/true)\n")
        for job in 0..<100 { talk.say("SUBMIT \(job) \(grid.polling) \(document)") }
        // A job beside them is asked about all the while, and answers come promptly.
        _ = try await talk.hear("SUBMIT 0 SUCCESS")
        let start = ContinuousClock.now
        talk.say("POLL 0 - -")
        let told = try await talk.hear("POLL 0 SUCCESS")
        #expect(ContinuousClock.now - start < .seconds(8))
        // What an answer has told is not told again.
        for job in (told.contains("DONE") ? 1 : 0)..<100 { try await talk.hear("DONE", of: job, within: .seconds(120)) }
        #expect(talk.transcript.filter { $0.contains("FAILURE") } == [])
        #expect(Set(talk.transcript.filter { $0.contains(" SUCCESS https:") }).count == 100)
    }

    @Test func submissionsComeBeforeTheirCallbacks() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        let document = try grid.description("&(executable=/bin/true)")
        for job in 0..<10 { talk.say("SUBMIT \(job) \(grid.events) \(document)") }
        for job in 0..<10 { try await talk.hear("DONE:0", of: job) }
        for job in 0..<10 {
            let lines = talk.transcript.filter { $0.split(separator: " ").dropFirst().first == "\(job)" }
            #expect(lines.first?.hasPrefix("SUBMIT") == true, "\(lines)")
        }
    }

    @Test func portServiceAndPrefixOfAContactAreUnderstood() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("-p \(grid.port)")
        let document = try grid.description("&(executable=/bin/true)")
        for (job, contact) in [
            grid.host, "\(grid.host)/jobmanager-fork", "\(grid.host)/(null)", grid.gatekeeper,
            "https://\(grid.polling)",
        ].enumerated() {
            _ = try await talk.submit(job, to: contact, document)
        }
        for job in 0..<5 { try await talk.hear("DONE", of: job) }
    }

    @Test func endOfInputLosesNoReplyInFlight() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        talk.say("SUBMIT 4 \(grid.polling) \(try grid.description("&(executable=/bin/true)"))")
        talk.closeInput()
        #expect(try await talk.hear("SUBMIT 4").hasPrefix("SUBMIT 4 SUCCESS https://"))
        #expect(try await talk.finish() == 0)
    }

    @Test func anIdleDriverSleeps() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        _ = try await talk.submit(0, to: grid.polling, try grid.description("&(executable=/bin/true)"))
        try await talk.hear("DONE", of: 0)
        #expect(try await Processes.comeToRest([talk.pid], pause: .seconds(3), rounds: 10))
    }
}
