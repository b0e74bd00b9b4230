import Foundation
import TestSupport
import Testing

/// What was wrong with GridWay's own drivers for GRAM, each as a test.
@Suite struct OriginalBugs {
    @Test func lineBufferOverflow() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        let long = String(repeating: "x", count: 60_000)
        #expect(try await talk.answer(to: "RECOVER 1 \(long) -").hasPrefix("RECOVER 1 FAILURE 'xxx"))
        #expect(try await talk.answer(to: "SUBMIT 2 \(long)/jobmanager /rsl").hasPrefix("SUBMIT 2 FAILURE "))
        #expect(
            try await talk.answer(to: "SUBMIT 3 h /\(long)").hasPrefix(
                "SUBMIT 3 FAILURE cannot read the job description /xxx")
        )
        #expect(try await talk.ask("\(long) 4 - -").hasSuffix("FAILURE Unknown command XXXXXXXXXXXXXXXXXXX"))
        #expect(talk.transcript.allSatisfy { $0.utf8.count < 520 })
    }

    @Test func malformedLineReplyWithoutOperationOrJob() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        #expect(try await talk.answer(to: "SUBMIT 11") == "SUBMIT 11 FAILURE Not all four arguments defined")
        #expect(try await talk.ask("POLL x - -") == "POLL - FAILURE 'x' is not a job number")
        #expect(try await talk.ask("BLAH 1 - -") == "BLAH 1 FAILURE Unknown command BLAH")
    }

    @Test func credentialFailureBlamedOnTheLastOperation() async throws {
        let grid = try await JobGrid()
        let proxy = try await grid.credential(as: "proxy.pem")
        let talk = try await grid.driver("--poll-interval 1", ["X509_USER_PROXY": proxy])
        _ = try await talk.submit(5, to: grid.polling, try grid.job("sleep 8"))
        try await talk.hear("ACTIVE", of: 5)
        try FileManager.default.removeItem(atPath: proxy)
        #expect(try await talk.hear("TIMER").hasPrefix("TIMER - SUCCESS no proxy certificate at \(proxy)"))
        #expect(!talk.transcript.contains { $0.hasPrefix("SUBMIT 5 FAILURE") })
        // Nor is the job given up: three failures would make gwd think that it is over.
        #expect(try await talk.answer(to: "POLL 5 - -") == "POLL 5 SUCCESS ACTIVE")
        _ = try await grid.credential(as: "proxy.pem")
        try await talk.hear("DONE", of: 5)
    }

    @Test func endOfInputLosesRepliesInFlight() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        let document = try grid.description("&(executable=/bin/true)")
        for job in 0..<5 { talk.say("SUBMIT \(job) \(grid.polling) \(document)") }
        talk.closeInput()
        for job in 0..<5 { #expect(try await talk.hear("SUBMIT \(job) ").contains("SUCCESS https://")) }
        #expect(try await talk.finish() == 0)
    }

    @Test func jobNumberNeverRangeChecked() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        #expect(try await talk.answer(to: "POLL 99999999 - -") == "POLL 99999999 FAILURE Job does not exist")
        #expect(try await talk.ask("CANCEL 2147483648 - -") == "CANCEL - FAILURE '2147483648' is not a job number")
        #expect(try await talk.ask("POLL -1 - -") == "POLL - FAILURE '-1' is not a job number")
        _ = try await talk.submit(150_000, to: grid.polling, try grid.description("&(executable=/bin/true)"))
        try await talk.hear("DONE", of: 150_000)
    }

    @Test func staleContactWhenANumberIsUsedAgain() async throws {
        let grid = try await JobGrid()
        // The end of the first job is learned by POLL: the original kept its contact then.
        let talk = try await grid.driver("--no-callbacks --poll-interval 1000")
        let first = try await talk.submit(0, to: grid.polling, try grid.description("&(executable=/bin/true)"))
        #expect(try await talk.poll(0, until: "DONE") == "POLL 0 SUCCESS DONE")
        let second = try await talk.submit(0, to: grid.polling, try grid.job("sleep 300"))
        #expect(first != second)
        #expect(try await talk.poll(0, until: "ACTIVE") == "POLL 0 SUCCESS ACTIVE")
        talk.say("CANCEL 0 - -")
        #expect(try await talk.hear("CANCEL") == "CANCEL 0 SUCCESS -")
        #expect(try await talk.poll(0, until: "DONE") == "POLL 0 SUCCESS DONE")
    }

    @Test func jobDescriptionCutAt4095Bytes() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        let value = String(repeating: "v", count: 16_000)
        let document = try grid.job("test ${#LONG} -eq 16000 && exit 7", more: "(environment=(LONG \(value)))\n")
        _ = try await talk.submit(0, to: grid.events, document)
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:7")
    }

    @Test func cancelWithoutReply() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("--timeout 4")
        _ = try await talk.answer(to: "RECOVER 0 https://nowhere.invalid:4000/1/2/ -")
        #expect(try await talk.hear("CANCEL", after: "CANCEL 0 - -").hasPrefix("CANCEL 0 FAILURE "))
        #expect(try await talk.answer(to: "CANCEL 1 - -") == "CANCEL 1 FAILURE Job does not exist")
    }

    @Test func callbackOfAContactNotYetKnownDropped() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("--poll-interval 1000")
        let document = try grid.description("&(executable=/no/such/program)")
        // These fail while their contacts are on the way.
        for job in 0..<10 { talk.say("SUBMIT \(job) \(grid.polling) \(document)") }
        for job in 0..<10 { _ = try await talk.hear("CALLBACK \(job) FAILURE", within: .seconds(120)) }
    }
}
