import TestSupport
import Testing

/// RECOVER: what a new process learns of the jobs of an earlier one.
@Suite struct JobsAreRecovered {
    @Test(arguments: [true, false]) func aRunningJobOfAKilledDriverIsTakenUp(withEvents: Bool) async throws {
        let grid = try await JobGrid()
        let first = try await grid.driver()
        let contact = try await first.submit(3, to: withEvents ? grid.events : grid.polling, try grid.job("sleep 6"))
        try await first.hear("ACTIVE", of: 3)
        first.signal(9)
        let second = try await grid.driver()
        #expect(try await second.answer(to: "RECOVER 3 \(contact) -") == "RECOVER 3 SUCCESS ACTIVE")
        #expect(try await second.hear("DONE", of: 3) == "CALLBACK 3 SUCCESS DONE" + (withEvents ? ":0" : ""))
    }

    @Test func aJobThatEndedMeanwhileIsDone() async throws {
        let grid = try await JobGrid()
        let first = try await grid.driver()
        let contact = try await first.submit(0, to: grid.polling, try grid.description("&(executable=/bin/true)"))
        try await first.hear("DONE", of: 0)
        let second = try await grid.driver()
        #expect(try await second.answer(to: "RECOVER 0 \(contact) -") == "RECOVER 0 SUCCESS DONE")
        #expect(try await second.answer(to: "POLL 0 - -") == "POLL 0 SUCCESS DONE")
    }

    @Test func aJobThatNobodyKnowsIsNamedInOneFailure() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("-p \(grid.port)")
        let contact = "https://\(grid.host):1/123/456/"
        let reply = try await talk.answer(to: "RECOVER 9 \(contact) -")
        #expect(reply.hasPrefix("RECOVER 9 FAILURE the job \(contact) is gone"))
        #expect(try await talk.answer(to: "POLL 9 - -") == "POLL 9 FAILURE Job does not exist")
    }

    @Test func aHostWithoutAnyGatekeeperIsAskedAgainAndThenNamed() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("-p 1 --timeout 20 --log-level warning")
        let reply = try await talk.answer(to: "RECOVER 9 https://\(grid.host):1/123/456/ -")
        #expect(reply.contains("RECOVER 9 FAILURE cannot learn what became of the job https://\(grid.host):1/123/456/"))
        #expect(reply.contains("GRAM error 12"))
        #expect(talk.complaints.split(separator: "event=recover").count > 2)
    }

    @Test func aJobOfAHostThatCannotBeReachedIsNotGivenUp() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("--timeout 6")
        let start = ContinuousClock.now
        #expect(
            try await talk.answer(to: "RECOVER 2 https://nowhere.invalid:4000/123/456/ -")
                == "RECOVER 2 SUCCESS PENDING")
        #expect(ContinuousClock.now - start < .seconds(6))
        #expect(
            try await talk.hear("TIMER").contains("nobody answers for the job https://nowhere.invalid:4000/123/456/"))
        #expect(try await talk.hear("POLL", after: "POLL 2 - -") == "POLL 2 SUCCESS PENDING")
    }

    @Test func aContactThatIsNoneIsNamed() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        #expect(
            try await talk.answer(to: "RECOVER 0 grid.example.org -")
                == "RECOVER 0 FAILURE 'grid.example.org' is not a GRAM job contact (https://HOST:PORT/PATH/)")
    }
}
