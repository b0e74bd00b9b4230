import Foundation
import TestSupport
import Testing

/// Where job managers cannot reach the driver, or strangers can.
@Suite struct NotificationsGetLost {
    @Test func withoutCallbacksPollsTellTheStates() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("--no-callbacks --poll-interval 1000")
        _ = try await talk.submit(0, to: grid.polling, try grid.job("sleep 2"))
        #expect(try await talk.poll(0, until: "ACTIVE") == "POLL 0 SUCCESS ACTIVE")
        #expect(try await talk.poll(0, until: "DONE") == "POLL 0 SUCCESS DONE")
        #expect(!talk.transcript.contains { $0.hasPrefix("CALLBACK") })
    }

    @Test func aDriverThatCannotBeReachedLooksForItself() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver("--poll-interval 2", ["GLOBUS_HOSTNAME": "192.0.2.1"])
        _ = try await talk.submit(0, to: grid.polling, try grid.job("sleep 4"))
        _ = try await talk.submit(1, to: grid.polling, try grid.job("sleep 300"))
        try await talk.hear("ACTIVE", of: 0)
        try await talk.hear("DONE", of: 0)
        talk.say("CANCEL 1 - -")
        _ = try await talk.hear("CANCEL 1 SUCCESS")
        #expect(try await talk.hear("FAILED", of: 1) == "CALLBACK 1 SUCCESS FAILED")
    }

    @Test func onlyTheUsersOwnJobManagersAreHeard() async throws {
        let grid = try await JobGrid()
        let port = Int.random(in: 20_000..<32_000)
        let talk = try await grid.driver("", ["GLOBUS_TCP_PORT_RANGE": "\(port),\(port + 20)"])
        let contact = try await talk.submit(0, to: grid.polling, try grid.job("sleep 300"))
        try await talk.hear("ACTIVE", of: 0)
        let listener = try #require(try await Self.listeningPort(of: talk.pid))
        let message =
            "protocol-version: 2\r\njob-manager-url: \(Talk.url(contact))\r\nstatus: 8\r\nfailure-code: 0\r\n\0"

        try await Self.send(message, to: listener, with: try await grid.credential("other", as: "other"))
        try await Self.send("", to: listener, with: try await grid.credential(as: "empty"))
        try await Self.send("status: nonsense\r\n", to: listener, with: try await grid.credential(as: "nonsense"))
        #expect(try await talk.answer(to: "POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
        talk.say("CANCEL 0 - -")
        _ = try await talk.hear("CANCEL 0 SUCCESS")
        try await talk.hear("FAILED", of: 0)
    }

    @Test func theMessageOfTheTestAboveIsUnderstoodFromTheUser() async throws {
        let grid = try await JobGrid()
        let port = Int.random(in: 20_000..<32_000)
        let talk = try await grid.driver("", ["GLOBUS_TCP_PORT_RANGE": "\(port),\(port + 20)"])
        let contact = try await talk.submit(0, to: grid.polling, try grid.job("sleep 300"))
        try await talk.hear("ACTIVE", of: 0)
        let message =
            "protocol-version: 2\r\njob-manager-url: \(Talk.url(contact))\r\nstatus: 16\r\nfailure-code: 0\r\n\0"
        try await Self.send(
            message, to: try #require(try await Self.listeningPort(of: talk.pid)),
            with: try await grid.credential(as: "own"))
        #expect(try await talk.hear("SUSPENDED", of: 0) == "CALLBACK 0 SUCCESS SUSPENDED")
        talk.say("CANCEL 0 - -")
        try await talk.hear("FAILED", of: 0)
    }

    /// The port at which a process listens.
    private static func listeningPort(of pid: Int32) async throws -> Int? {
        let sockets = try await Shell.run("ls -l /proc/\(pid)/fd | sed -n 's/.*socket:\\[\\(.*\\)\\]/\\1/p'")
            .split(separator: "\n")
        for line in try await Shell.run("cat /proc/net/tcp /proc/net/tcp6").split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 9, words[3] == "0A", sockets.contains(words[9]) else { continue }
            return words[1].split(separator: ":").last.flatMap { Int($0, radix: 16) }
        }
        return nil
    }

    /// Sends a GRAM message by TLS. The byte before it, in a record of its own, says that nothing is delegated.
    private static func send(_ message: String, to port: Int, with proxy: String) async throws {
        let request =
            "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-globus-gram\r\n"
            + "Content-Length: \(message.utf8.count)\r\n\r\n\(message)"
        let file = proxy + ".request"
        try Data(request.utf8).write(to: URL(fileURLWithPath: file))
        try await Shell.run(
            "(printf 0; sleep 0.3; cat \(file); sleep 1) | timeout 3 openssl s_client -quiet -connect localhost:\(port) -cert \(proxy) -key \(proxy) "
                + "-cert_chain \(proxy) 2>&1 || true")
    }
}

extension Talk {
    /// Asks for a job's state until it is `state`; returns the last answer.
    func poll(_ job: Int, until state: String, within limit: Duration = .seconds(30)) async throws -> String {
        let deadline = ContinuousClock.now + limit
        while true {
            let reply = try await hear("POLL", after: "POLL \(job) - -")
            if reply.hasSuffix(" " + state) || ContinuousClock.now > deadline { return reply }
            try await Task.sleep(for: .milliseconds(200))
        }
    }

    /// Sends a line and returns the next one that begins with `prefix`.
    func hear(_ prefix: String, after line: String) async throws -> String {
        say(line)
        return try await hear(prefix)
    }

    /// Sends a request and returns its answer, whatever else is told meanwhile.
    func answer(to request: String) async throws -> String {
        try await hear(request.split(separator: " ").prefix(2).joined(separator: " ") + " ", after: request)
    }
}
