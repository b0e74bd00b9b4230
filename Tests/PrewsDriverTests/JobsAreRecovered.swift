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
        let talk = try await grid.driver()
        let contact = "https://\(grid.host):1/123/456/#\(grid.polling)"
        #expect(
            try await talk.answer(to: "RECOVER 9 \(contact) -")
                == "RECOVER 9 FAILURE the job \(contact) is gone: its job manager has ended: \(grid.polling) has no record of it"
        )
        #expect(try await talk.answer(to: "POLL 9 - -") == "POLL 9 FAILURE Job does not exist")
    }

    /// Each service knows its own jobs only: that the usual ones have no record of a job proves nothing.
    @Test func aJobWhoseServiceNobodyNamesIsNotGivenUp() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("-p \(grid.port) --timeout 32")
        let contact = "https://\(grid.host):1/123/456/"
        #expect(try await talk.answer(to: "RECOVER 9 \(contact) -") == "RECOVER 9 SUCCESS PENDING")
        let notice = try await talk.hear("TIMER")
        #expect(notice.hasPrefix("TIMER - SUCCESS nobody answers for the job \(contact); it counts as pending"))
        #expect(notice.contains("no usual service of the gatekeeper at \(grid.host):\(grid.port) has a record of it"))
        #expect(try await talk.answer(to: "POLL 9 - -") == "POLL 9 SUCCESS PENDING")
    }

    @Test(arguments: ["", "#localhost:1/jobmanager-fork", "#localhost:1/jobmanager:/CN=x"])
    func aHostWithoutAnyGatekeeperIsAskedAgainAndItsJobNotGivenUp(service: String) async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("-p 1 --timeout 20 --log-level warning")
        let contact = "https://\(grid.host):1/123/456/\(service)"
        #expect(try await talk.answer(to: "RECOVER 9 \(contact) -") == "RECOVER 9 SUCCESS PENDING")
        #expect(try await talk.hear("TIMER").contains("GRAM error 12"))
        #expect(talk.complaints.split(separator: "event=recover").count > 2)
    }

    /// A gatekeeper that is there, but not with the service: somebody has renamed it.
    @Test func aJobOfAServiceThatIsNoMoreIsNotGivenUp() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("--timeout 20")
        let contact = "https://\(grid.host):1/123/456/#\(grid.gatekeeper)/jobmanager-nosuch"
        #expect(try await talk.answer(to: "RECOVER 9 \(contact) -") == "RECOVER 9 SUCCESS PENDING")
        #expect(try await talk.hear("TIMER").contains("GRAM error 93"))
    }

    /// The port of a job manager that has ended may be anybody's later.
    @Test func aStrangerAtTheJobManagersPortSaysNothingOfTheJob() async throws {
        let grid = try await JobGrid()
        let stranger = try Relay(to: 1)
        stranger.open()
        let talk = try await grid.driver("--timeout 20")
        let contact = "https://localhost:\(stranger.port)/123/456/"
        #expect(
            try await talk.answer(to: "RECOVER 1 \(contact)#\(grid.polling) -").contains(
                "FAILURE the job \(contact)#\(grid.polling) is gone"))
        #expect(
            try await talk.answer(to: "RECOVER 2 \(contact)#localhost:1/jobmanager-fork -")
                == "RECOVER 2 SUCCESS PENDING")
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
