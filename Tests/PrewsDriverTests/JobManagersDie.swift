import Foundation
import TestSupport
import Testing

/// Job managers that are killed, each in a grid of its own.
@Suite struct JobManagersDie {
    @Test func aRunningJobOutlivesItsJobManager() async throws {
        let grid = try JobGrid(own: "a")
        let talk = try await grid.driver("--poll-interval 1000")
        let contact = try await talk.submit(0, to: grid.polling, try grid.job("sleep 300"))
        try await talk.hear("ACTIVE", of: 0)
        try grid.killJobManagers()
        #expect(try await talk.ask("POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
        // Another job manager, at another port, has taken the job up: what a new driver knows is the old contact.
        try grid.killJobManagers()
        let second = try await grid.driver("-p \(grid.port)")
        #expect(try await second.ask("RECOVER 0 \(contact) -") == "RECOVER 0 SUCCESS ACTIVE")
        second.say("CANCEL 0 - -")
        #expect(try await second.hear("CANCEL") == "CANCEL 0 SUCCESS -")
        try await second.hear("FAILED", of: 0)
    }

    @Test func aJobThatEndedWithoutItsJobManagerIsDone() async throws {
        let grid = try JobGrid(own: "b")
        let talk = try await grid.driver("--poll-interval 2")
        _ = try await talk.submit(0, to: grid.events, try grid.job("sleep 2"))
        _ = try await talk.submit(1, to: grid.polling, try grid.job("sleep 2"))
        try await talk.hear("ACTIVE", of: 0)
        try await talk.hear("ACTIVE", of: 1)
        try grid.killJobManagers()
        // Nobody asks: the driver looks after its jobs by itself.
        try await talk.hear("DONE", of: 0)
        try await talk.hear("DONE", of: 1)
    }

    @Test func aGridThatIsDownKeepsItsJobs() async throws {
        let grid = try JobGrid(own: "c")
        let talk = try await grid.driver()
        _ = try await talk.submit(0, to: grid.polling, try grid.job("sleep 30"))
        try await talk.hear("ACTIVE", of: 0)
        try grid.killServers()
        #expect(try await talk.ask("POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
        let reply = try await talk.ask("CANCEL 0 - -")
        #expect(reply.hasPrefix("CANCEL 0 FAILURE "))
        #expect(reply.contains("GRAM error 12"))
    }
}

extension JobGrid {
    /// Kills every job manager of this grid.
    func killJobManagers() throws {
        try JobGrid.shell("kill -9 $(cat \(variables["TESTBED_DIR"] ?? "/nowhere")/jm/*/*/*.pid)")
    }

    /// Kills every job manager and the gatekeeper of this grid.
    func killServers() throws {
        try killJobManagers()
        try JobGrid.shell("kill -9 $(cat \(variables["TESTBED_DIR"] ?? "/nowhere")/run/gatekeeper.pid)")
    }
}
