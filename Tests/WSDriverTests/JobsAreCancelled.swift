import TestSupport
import Testing

@Suite struct JobsAreCancelled {
    @Test(arguments: ["4.0", "4.2"]) func aCancelledJobEndsAndSaysSo(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver()
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 300"))
        try await talk.hear("ACTIVE", of: 0)
        talk.say("CANCEL 0 - -\nCANCEL 0 - -")
        #expect(try await talk.hear("CANCEL") == "CANCEL 0 SUCCESS -")
        #expect(try await talk.hear("CANCEL") == "CANCEL 0 SUCCESS -")
        #expect(try await talk.hear("CALLBACK") == "CALLBACK 0 SUCCESS FAILED")
        #expect(try await talk.hear("POLL", after: "POLL 0 - -") == "POLL 0 SUCCESS DONE")
    }

    @Test(arguments: ["4.0", "4.2"]) func aCancelBeforeTheContactIsKnownIsCarriedOut(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver()
        talk.say("SUBMIT 5 \(grid.fork) \(try grid.job("sleep 300"))\nCANCEL 5 - -")
        #expect(try await talk.hear().hasPrefix("SUBMIT 5 SUCCESS https://"))
        #expect(try await talk.hear("CANCEL") == "CANCEL 5 SUCCESS -")
        #expect(try await talk.hear("FAILED", of: 5) == "CALLBACK 5 SUCCESS FAILED")
    }

    /// GT 4.0 answers a Destroy when the job is over; gwd is not kept waiting for that.
    @Test func aCancelThatTakesLongIsAnsweredAndItsEndToldLater() async throws {
        let grid = try await WSGrid("4.0")
        let talk = try await grid.driver("--timeout 4 --delegation none")
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 300"))
        try await talk.hear("ACTIVE", of: 0)
        try await grid.container.set(#"{"rules": [{"on": "Destroy", "do": "delay", "seconds": 6, "times": 1}]}"#)
        #expect(try await talk.hear("CANCEL", after: "CANCEL 0 - -") == "CANCEL 0 SUCCESS -")
        try await talk.hear("FAILED", of: 0)
    }

    /// Submissions to a container that does not answer them take no place from questions and orders.
    @Test(arguments: ["4.0", "4.2"]) func submissionsNeverStarvePollAndCancel(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--delegation none")
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 300"))
        try await talk.hear("ACTIVE", of: 0)
        try await grid.container.set(#"{"rules": [{"on": "createManagedJob", "do": "delay", "seconds": 110}]}"#)
        let document = try grid.job("true")
        talk.say((1...200).map { "SUBMIT \($0) \(grid.fork) \(document)" }.joined(separator: "\n"))
        let patience = Duration.seconds(90)
        #expect(try await talk.hear("POLL", after: "POLL 0 - -", within: patience) == "POLL 0 SUCCESS ACTIVE")
        #expect(try await talk.hear("CANCEL", after: "CANCEL 0 - -", within: patience) == "CANCEL 0 SUCCESS -")
        try await talk.hear("FAILED", of: 0, within: patience)
        // Not one of them was answered before.
        #expect(talk.transcript.filter { $0.hasPrefix("SUBMIT") }.count == 1)
    }
}
