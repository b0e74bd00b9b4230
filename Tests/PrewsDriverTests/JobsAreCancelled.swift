import Foundation
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

    /// Without a proxy nothing can be cancelled; with the next one it is.
    @Test func aLateJobThatCannotBeCancelledIsCancelledLater() async throws {
        let grid = try await JobGrid()
        let proxy = try await grid.credential(as: "proxy.pem")
        let relay = try Relay(to: UInt16(grid.port) ?? 0)
        let talk = try await grid.driver("--timeout 2 --poll-interval 1", ["X509_USER_PROXY": proxy])
        let nap = "sleep 300.\(Int.random(in: 100_000..<1_000_000))"
        _ = try await talk.hear(
            "SUBMIT 0 FAILURE", after: "SUBMIT 0 localhost:\(relay.port)/jobmanager-fork \(try grid.job(nap))")
        try FileManager.default.removeItem(atPath: proxy)
        relay.open()
        let notice = try await talk.hear("TIMER - SUCCESS the job")
        #expect(notice.contains("cannot be cancelled yet: no proxy certificate at \(proxy)"))
        _ = try await grid.credential(as: "proxy.pem")
        while !(try await talk.hear("TIMER - SUCCESS the job").contains(" is cancelled: ")) {}
        // Its job manager kills it a few seconds after it has asked it to end.
        let limit = ContinuousClock.now + .seconds(30)
        while try await Shell.run("pgrep -fx '\(nap)' || true") != "", ContinuousClock.now < limit {
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(try await Shell.run("pgrep -fx '\(nap)' || true") == "")
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
