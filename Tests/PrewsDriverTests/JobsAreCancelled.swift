import TestSupport
import Testing

/// CANCEL, on a real job manager.
@Suite struct JobsAreCancelled {
    @Test(arguments: [true, false]) func aCancelledJobEndsAndSaysSo(withEvents: Bool) async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        let contact = withEvents ? grid.events : grid.polling
        _ = try await talk.submit(0, to: contact, try grid.job("sleep 300"))
        try await talk.hear("ACTIVE", of: 0)
        talk.say("CANCEL 0 - -\nCANCEL 0 - -")
        #expect(try await talk.hear("CANCEL") == "CANCEL 0 SUCCESS -")
        #expect(try await talk.hear("CANCEL") == "CANCEL 0 SUCCESS -")
        #expect(try await talk.hear("CALLBACK") == "CALLBACK 0 SUCCESS FAILED")
        #expect(try await talk.answer(to: "POLL 0 - -") == "POLL 0 SUCCESS DONE")
    }

    @Test func aCancelBeforeTheContactIsKnownIsCarriedOut() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        talk.say("SUBMIT 5 \(grid.polling) \(try grid.job("sleep 300"))\nCANCEL 5 - -")
        #expect(try await talk.hear().hasPrefix("SUBMIT 5 SUCCESS https://"))
        #expect(try await talk.hear("CANCEL") == "CANCEL 5 SUCCESS -")
        #expect(try await talk.hear("FAILED", of: 5) == "CALLBACK 5 SUCCESS FAILED")
    }

    @Test func aJobAcceptedAfterItsDeadlineIsCancelled() async throws {
        let grid = try await JobGrid()
        let relay = try Relay(to: UInt16(grid.port) ?? 0)
        let talk = try await grid.driver("--timeout 2 --log-level info")
        let document = try grid.job("sleep 300")
        #expect(
            try await talk.answer(to: "SUBMIT 0 localhost:\(relay.port)/jobmanager-fork \(document)")
                == "SUBMIT 0 FAILURE SUBMIT to localhost:\(relay.port)/jobmanager-fork: no answer within 2 s")
        relay.open()
        // The job is known to nobody but the driver now, and ends by its hand.
        let limit = ContinuousClock.now + .seconds(30)
        while !talk.complaints.contains("event=orphan-cancelled"), ContinuousClock.now < limit {
            try await Task.sleep(for: .milliseconds(20))
        }
        #expect(talk.complaints.contains("event=orphan-cancelled"))
        #expect(try await talk.answer(to: "POLL 0 - -") == "POLL 0 FAILURE Job does not exist")
    }
}
