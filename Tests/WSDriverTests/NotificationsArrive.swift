import Foundation
import TestSupport
import Testing

/// Containers that can reach the driver tell it what their jobs do.
@Suite struct NotificationsArrive {
    /// How often jobs were asked for their state.
    private func questions(_ grid: WSGrid) async throws -> Int {
        try await grid.container.counts()["GetMultipleResourceProperties"] ?? 0
    }

    @Test(arguments: ["4.0", "4.2"]) func whatIsToldNeedNotBeAskedFor(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--delegation none --poll-interval 600")
        try await grid.letContainerBeHeard(by: talk)
        let before = try await questions(grid)
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 2; exit 3"))
        try await talk.hear("ACTIVE", of: 0)
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:3")
        let document = try grid.description("<job><executable>/no/such/program</executable></job>")
        _ = try await talk.submit(1, to: grid.fork, document)
        #expect(try await talk.hear("CALLBACK 1 FAILURE").contains("/no/such/program"))
        #expect(try await questions(grid) == before)
    }

    /// The first notifications of a job may come before the answer to its submission.
    @Test(arguments: ["4.0", "4.2"]) func whatIsToldTooEarlyIsKept(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--delegation none --poll-interval 600")
        try await grid.letContainerBeHeard(by: talk)
        let before = try await questions(grid)
        try await grid.container.set(
            #"{"rules": [{"on": "createManagedJob", "do": "late", "seconds": 3, "times": 1}]}"#)
        _ = try await talk.submit(0, to: grid.fork, try grid.job("exit 6"))
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:6")
        #expect(try await questions(grid) == before)
    }

    /// Each state is told at most once, and none behind one that comes after it.
    @Test(arguments: ["double", "stale", "reverse"], ["4.0", "4.2"])
    func staleAndRepeatedStatesAreDropped(way: String, gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--delegation none --poll-interval 600")
        try await grid.letContainerBeHeard(by: talk)
        let before = try await grid.notifications().values.reduce(0, +)
        try await grid.container.set(#"{"notify": "\#(way)"}"#)
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 1; exit 2"))
        try await talk.hear("DONE:2", of: 0)
        // Pending, Active, CleanUp and Done; the stale ones come again behind the last.
        let all = way == "reverse" ? 4 : 8
        #expect(try await eventually { try await grid.notifications().values.reduce(0, +) >= before + all })
        #expect(try await talk.hear("POLL", after: "POLL 0 - -") == "POLL 0 SUCCESS DONE:2")
        let told = talk.transcript.filter { $0.hasPrefix("CALLBACK 0 ") }
        #expect(told.last == "CALLBACK 0 SUCCESS DONE:2")
        #expect(Set(told).count == told.count)
        #expect(told.dropLast().allSatisfy { $0.hasSuffix("PENDING") || $0.hasSuffix("ACTIVE") })
    }

    @Test(arguments: ["4.0", "4.2"]) func whereNoneArriveStatesAreAskedFor(gt: String) async throws {
        let grid = try await WSGrid(gt)
        try await grid.container.set(#"{"notify": "none"}"#)
        let talk = try await grid.driver("--delegation none")
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 2; exit 3"))
        try await talk.hear("ACTIVE", of: 0)
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:3")
    }

    @Test(arguments: ["4.0", "4.2"]) func aContainerThatFallsSilentIsAskedAgain(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--delegation none")
        try await grid.letContainerBeHeard(by: talk)
        try await grid.container.set(#"{"notify": "none"}"#)
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 4; exit 3"))
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:3")
    }

    /// The end may be told by nobody; the state before it hints at it.
    @Test(arguments: ["4.0", "4.2"]) func anEndThatIsNotToldIsLookedFor(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--delegation none --poll-interval 2")
        try await grid.letContainerBeHeard(by: talk)
        try await grid.container.set(#"{"notify": "endless"}"#)
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 6; exit 3"))
        #expect(try await talk.hear("DONE", of: 0, within: .seconds(40)) == "CALLBACK 0 SUCCESS DONE:3")
    }

    /// A container behind a firewall would only try in vain.
    @Test(arguments: ["auto", "on"]) func aContainerThatIsNeverHeardIsNotAskedToTell(mode: String) async throws {
        let grid = try await WSGrid("4.2")
        let records = try TemporaryDirectory()
        let other = try await WebServicesContainer(
            gt: "4.2", on: grid.testbed, options: ["--record", records.path])
        try await other.set(#"{"notify": "none"}"#)
        let talk = try await grid.driver("--delegation none --notifications \(mode)")
        for job in 0..<6 {
            _ = try await talk.submit(job, to: "\(other.address)/Fork", try grid.job("true"))
            try await talk.hear("DONE", of: job)
        }
        let requests = try FileManager.default.contentsOfDirectory(atPath: records.path)
            .filter { $0.hasSuffix(".createManagedJob.xml") }.sorted().map { try records.read($0) }
        #expect(requests.map { $0.contains("Subscribe") } == Array(repeating: true, count: 5) + [mode == "on"])
    }

    @Test(arguments: ["4.0", "4.2"]) func aJobWhoseSubscriptionIsRefusedRunsAllTheSame(gt: String) async throws {
        let grid = try await WSGrid(gt)
        try await grid.container.set(
            #"{"rules": [{"on": "createManagedJob", "do": "fault", "fault": "topic", "times": 1}]}"#)
        let talk = try await grid.driver("--delegation none")
        _ = try await talk.submit(0, to: grid.fork, try grid.job("exit 3"))
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:3")
        #expect(try await grid.notifications().isEmpty)
    }

    @Test(arguments: ["4.0", "4.2"]) func aJobThatIsTakenUpTellsToo(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let first = try await grid.driver("--notifications off")
        let contact = try await first.submit(0, to: grid.fork, try grid.job("sleep 300"))
        try await first.hear("ACTIVE", of: 0)
        #expect(try await grid.notifications().isEmpty)
        let second = try await grid.driver("--poll-interval 600")
        #expect(try await second.hear("RECOVER", after: "RECOVER 5 \(contact) -") == "RECOVER 5 SUCCESS ACTIVE")
        #expect(try await eventually { try await grid.container.counts()["Subscribe"] == 1 })
        // Somebody else ends it.
        #expect(try await first.hear("CANCEL", after: "CANCEL 0 - -") == "CANCEL 0 SUCCESS -")
        if gt == "4.0" {
            try await second.hear("FAILED", of: 5)
            #expect(try await grid.notifications()["200", default: 0] > 0)
        }
    }

    /// A driver whose jobs are over sleeps, with its port open.
    @Test func aDriverWithoutJobsDoesNotWakeUp() async throws {
        let grid = try await WSGrid("4.2")
        let talk = try await grid.driver()
        try await grid.letContainerBeHeard(by: talk)
        #expect(try await Processes.comeToRest([talk.pid], pause: .seconds(3), rounds: 20), "it keeps waking up")
    }
}
