import TestSupport
import Testing

/// Jobs of an earlier process whose container does not answer at first.
@Suite struct JobsAreRecovered {
    /// Submits a job whose driver ends; gives its contact.
    private func leave(_ grid: WSGrid) async throws -> String {
        let first = try await grid.driver()
        let contact = try await first.submit(0, to: grid.fork, try grid.job("sleep 300"))
        try await first.hear("ACTIVE", of: 0)
        first.say("FINALIZE - - -")
        #expect(try await first.finish() == 0)
        return contact
    }

    /// The dialect is not guessed, and notifications and the newest proxy follow.
    @Test(arguments: ["4.0", "4.2"], [true, false])
    func aJobOfAContainerThatIsAwayIsTakenUpInFullWhenItIsBack(gt: String, isPlain: Bool) async throws {
        let grid = try await WSGrid(gt)
        let contact = try await leave(grid)
        try await grid.container.set(#"{"rules": [{"on": "*", "do": "drop"}]}"#)
        let talk = try await grid.driver("--timeout 16")
        let words = isPlain ? String(contact.prefix { $0 != "#" }) : contact
        #expect(try await talk.hear("RECOVER", after: "RECOVER 1 \(words) -") == "RECOVER 1 SUCCESS PENDING")
        try await grid.container.set(#"{"rules": []}"#)
        try await talk.hear("ACTIVE", of: 1)
        #expect(
            try await eventually {
                let counts = try await grid.container.counts()
                return counts["Subscribe"] == 1 && counts["refreshRequest"] == 1
            })
        #expect(try await talk.hear("CANCEL", after: "CANCEL 1 - -") == "CANCEL 1 SUCCESS -")
        try await talk.hear("FAILED", of: 1)
    }

    /// gwd takes a FAILURE for the end of the job.
    @Test(arguments: ["4.0", "4.2"], [true, false])
    func aJobOfASilentContainerCountsAsPendingBeforeTheDeadline(gt: String, isPlain: Bool) async throws {
        let grid = try await WSGrid(gt)
        let contact = try await leave(grid)
        try await grid.container.set(#"{"rules": [{"on": "*", "do": "delay", "seconds": 30}]}"#)
        let talk = try await grid.driver("--timeout 8")
        let words = isPlain ? String(contact.prefix { $0 != "#" }) : contact
        #expect(try await talk.hear("RECOVER", after: "RECOVER 1 \(words) -") == "RECOVER 1 SUCCESS PENDING")
    }
}
