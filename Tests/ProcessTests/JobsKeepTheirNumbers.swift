import TestSupport
import Testing

/// The execution family: numbers, contacts, news.
@Suite struct JobsKeepTheirNumbers {
    private func execution(_ arguments: [String] = []) async throws -> Talk {
        let talk = try Talk("mad_probe", Talk.Start(arguments, environment: ["MAD_PROBE": "execution"]))
        _ = try await talk.ask("INIT 200 - -")
        return talk
    }

    @Test func newsThatOvertakeTheContactAreToldBehindIt() async throws {
        let talk = try await execution()
        #expect(try await talk.ask("SUBMIT 0 h/fast /rsl") == "SUBMIT 0 SUCCESS probe://1/fast")
        #expect(try await talk.hear() == "CALLBACK 0 SUCCESS ACTIVE")
        #expect(try await talk.hear() == "CALLBACK 0 SUCCESS DONE:3")
        #expect(try await talk.ask("POLL 0 - -") == "POLL 0 SUCCESS DONE:3")
    }

    @Test func theEndIsToldOnce() async throws {
        let talk = try await execution()
        _ = try await talk.ask("SUBMIT 0 h/run /rsl")
        talk.say("CANCEL 0 - -")
        #expect(try await talk.hear("CANCEL") == "CANCEL 0 SUCCESS -")
        #expect(try await talk.hear("CALLBACK") == "CALLBACK 0 SUCCESS FAILED")
        #expect(try await talk.hear("TIMER") == "TIMER - SUCCESS cancelled probe://1/run")
        #expect(try await talk.ask("CANCEL 0 - -") == "CANCEL 0 SUCCESS -")
        #expect(try await talk.ask("POLL 0 - -") == "POLL 0 SUCCESS DONE")
        #expect(talk.transcript.count == 7)
    }

    @Test func aNumberUsedAgainForgetsItsFirstJob() async throws {
        let talk = try await execution()
        _ = try await talk.ask("SUBMIT 9 h/over /rsl")
        #expect(try await talk.ask("SUBMIT 9 h/run /rsl") == "SUBMIT 9 SUCCESS probe://2/run")
        #expect(try await talk.ask("POLL 9 - -") == "POLL 9 SUCCESS ACTIVE")
    }

    @Test func aCancelThatOvertakesItsSubmissionIsCarriedOutBehindIt() async throws {
        let talk = try await execution()
        talk.say("SUBMIT 3 h/sleep/300 /rsl\nCANCEL 3 - -")
        #expect(try await talk.hear() == "SUBMIT 3 SUCCESS probe://1/sleep/300")
        #expect(try await talk.hear("CANCEL") == "CANCEL 3 SUCCESS -")
        #expect(try await talk.hear("CALLBACK") == "CALLBACK 3 SUCCESS FAILED")
    }

    @Test func pollsDoNotWaitBehindSubmissionsOfOtherJobs() async throws {
        let talk = try await execution(["--parallel 1"])
        _ = try await talk.ask("SUBMIT 0 h/run /rsl")
        for job in 1..<5 { talk.say("SUBMIT \(job) h/sleep/20000 /rsl") }
        #expect(try await talk.ask("POLL 0 - -", within: .seconds(3)) == "POLL 0 SUCCESS ACTIVE")
    }

    @Test func aPollThatFindsNoWayKeepsTheLastKnownState() async throws {
        let talk = try await execution(["--timeout 1"])
        _ = try await talk.ask("SUBMIT 0 h/lost /rsl")
        #expect(try await talk.ask("POLL 0 - -") == "POLL 0 SUCCESS PENDING")
        _ = try await talk.ask("SUBMIT 1 h/mute /rsl")
        #expect(try await talk.ask("POLL 1 - -", within: .seconds(4)) == "POLL 1 SUCCESS PENDING")
        try await talk.hearComplaint("no route to the job manager")
    }

    @Test func pollTellsTheStateAndTheEnd() async throws {
        let talk = try await execution()
        _ = try await talk.ask("SUBMIT 0 h/over /rsl")
        #expect(try await talk.ask("POLL 0 - -") == "POLL 0 SUCCESS DONE")
        _ = try await talk.ask("SUBMIT 1 h/bad /rsl")
        #expect(try await talk.ask("POLL 1 - -") == "POLL 1 SUCCESS FAILED")
    }

    @Test func aJobOfAnEarlierProcessIsRecovered() async throws {
        let talk = try await execution()
        #expect(try await talk.ask("RECOVER 5 probe://77/run -") == "RECOVER 5 SUCCESS ACTIVE")
        #expect(try await talk.ask("POLL 5 - -") == "POLL 5 SUCCESS ACTIVE")
        #expect(try await talk.ask("RECOVER 6 probe:unreachable -") == "RECOVER 6 FAILURE no route to the job manager")
    }

    @Test func twoNumbersForOneContactAreBothAnswered() async throws {
        let talk = try await execution()
        for request in ["RECOVER 1 probe://7/run -", "RECOVER 2 probe://7/run -", "RECOVER 1 probe://8/run -"] {
            #expect(try await talk.ask(request).hasSuffix(" SUCCESS ACTIVE"))
        }
        #expect(try await talk.ask("POLL 2 - -") == "POLL 2 SUCCESS ACTIVE")
        #expect(try await talk.ask("POLL 1 - -") == "POLL 1 SUCCESS ACTIVE")
        talk.say("CANCEL 2 - -")
        #expect(try await talk.hear("CALLBACK") == "CALLBACK 2 SUCCESS FAILED")
    }

    @Test func aFailedSubmissionSaysWhyAndLeavesNoJob() async throws {
        let talk = try await execution()
        #expect(
            try await talk.ask("SUBMIT 0 h/forge /rsl")
                == "SUBMIT 0 FAILURE first line CALLBACK 1 SUCCESS DONE [31mend:")
        #expect(try await talk.ask("POLL 0 - -") == "POLL 0 FAILURE Job does not exist")
    }

    @Test func aJobWhoseContactGWDCouldNotKeepIsCancelled() async throws {
        let talk = try await execution()
        #expect(try await talk.ask("SUBMIT 0 h/wide /rsl").hasPrefix("SUBMIT 0 FAILURE the job contact is longer"))
        _ = try await talk.hear("TIMER - SUCCESS cancelled www")
    }

    @Test func aSubmissionThatComesThroughAfterItsDeadlineIsCancelled() async throws {
        let talk = try await execution(["--timeout 1"])
        let reply = try await talk.ask("SUBMIT 0 h/block/2 /rsl", within: .seconds(4))
        #expect(reply == "SUBMIT 0 FAILURE SUBMIT to h/block/2: no answer within 1 s")
        #expect(try await talk.hear("TIMER", within: .seconds(4)) == "TIMER - SUCCESS cancelled probe://1/block/2")
    }

    @Test func theDocumentMayHaveBlanksInItsName() async throws {
        #expect(try await execution().ask("SUBMIT 0 h/run /var/my jobs/0/job.rsl").hasPrefix("SUBMIT 0 SUCCESS"))
    }
}
