import Foundation
import TestSupport
import Testing

/// Job managers that are killed, each in a grid of its own.
@Suite struct JobManagersDie {
    @Test func aRunningJobOutlivesItsJobManager() async throws {
        try await JobGrid.own { grid in
            let talk = try await grid.driver("--poll-interval 1000")
            // What other drivers told gwd does not name the gatekeeper.
            let contact = Talk.url(try await talk.submit(0, to: grid.polling, try grid.job("sleep 300")))
            try await talk.hear("ACTIVE", of: 0)
            try await grid.killJobManagers()
            #expect(try await talk.answer(to: "POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
            // Another job manager, at another port, has taken the job up: what a new driver knows is the old contact.
            try await grid.killJobManagers()
            let second = try await grid.driver("-p \(grid.port)")
            #expect(try await second.answer(to: "RECOVER 0 \(contact) -") == "RECOVER 0 SUCCESS ACTIVE")
            second.say("CANCEL 0 - -")
            #expect(try await second.hear("CANCEL") == "CANCEL 0 SUCCESS -")
            try await second.hear("FAILED", of: 0)
        }
    }

    /// At a port and with a service of names that nobody would guess.
    @Test func aRunningJobIsFoundByTheGatekeeperInItsContact() async throws {
        try await JobGrid.own { grid in
            let first = try await grid.driver()
            let contact = try await first.submit(0, to: grid.events, try grid.job("sleep 300"))
            #expect(contact.hasSuffix("/#\(grid.events)"))
            try await first.hear("ACTIVE", of: 0)
            first.signal(9)
            try await grid.killJobManagers()
            let second = try await grid.driver()
            #expect(try await second.answer(to: "RECOVER 0 \(contact) -") == "RECOVER 0 SUCCESS ACTIVE")
            second.say("CANCEL 0 - -")
            #expect(try await second.hear("CANCEL") == "CANCEL 0 SUCCESS -")
            try await second.hear("FAILED", of: 0)
        }
    }

    @Test func aRunningJobOfAGridThatIsDownIsPendingUntilTheGridIsBack() async throws {
        try await JobGrid.own { grid in
            let first = try await grid.driver()
            let contact = try await first.submit(0, to: grid.events, try grid.job("sleep 300"))
            try await first.hear("ACTIVE", of: 0)
            first.signal(9)
            try await grid.killServers()
            let second = try await grid.driver("--timeout 4 --poll-interval 1")
            #expect(try await second.answer(to: "RECOVER 0 \(contact) -") == "RECOVER 0 SUCCESS PENDING")
            #expect(try await second.answer(to: "POLL 0 - -") == "POLL 0 SUCCESS PENDING")
            try await grid.restartServers()
            try await second.hear("ACTIVE", of: 0)
            second.say("CANCEL 0 - -")
            try await second.hear("FAILED", of: 0)
        }
    }

    @Test func aJobThatEndedWithoutItsJobManagerIsDone() async throws {
        try await JobGrid.own { grid in
            let talk = try await grid.driver("--poll-interval 2")
            _ = try await talk.submit(0, to: grid.events, try grid.job("sleep 2"))
            _ = try await talk.submit(1, to: grid.polling, try grid.job("sleep 2"))
            try await talk.hear("ACTIVE", of: 0)
            try await talk.hear("ACTIVE", of: 1)
            try await grid.killJobManagers()
            // Nobody asks: the driver looks after its jobs by itself.
            try await talk.hear("DONE", of: 0)
            try await talk.hear("DONE", of: 1)
        }
    }

    @Test func aGridThatIsDownKeepsItsJobs() async throws {
        try await JobGrid.own { grid in
            let talk = try await grid.driver()
            _ = try await talk.submit(0, to: grid.polling, try grid.job("sleep 30"))
            try await talk.hear("ACTIVE", of: 0)
            try await grid.killServers()
            #expect(try await talk.answer(to: "POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
            let reply = try await talk.answer(to: "CANCEL 0 - -")
            #expect(reply.hasPrefix("CANCEL 0 FAILURE "))
            #expect(reply.contains("GRAM error 12"))
        }
    }
}

extension JobGrid {
    /// Kills every job manager of this grid.
    func killJobManagers() async throws {
        try await Shell.run("kill -9 $(cat \(variables["TESTBED_DIR"] ?? "/nowhere")/jm/*/*/*.pid)")
    }

    /// Starts the servers of a grid of one's own again.
    func restartServers() async throws {
        try await JobGrid.testbed(["up"], own)
    }

    /// Kills every job manager and the gatekeeper of this grid.
    func killServers() async throws {
        try await killJobManagers()
        try await Shell.run("kill -9 $(cat \(variables["TESTBED_DIR"] ?? "/nowhere")/run/gatekeeper.pid)")
    }
}
