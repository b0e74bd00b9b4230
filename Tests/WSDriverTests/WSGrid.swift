import Foundation
import TestSupport
import Testing

/// What the tests of this driver need of a grid: a container of their own in one dialect, and the driver.
final class WSGrid: Sendable {
    let testbed: Testbed
    let container: WebServicesContainer
    let folder: TemporaryDirectory
    let gt: String

    init(_ gt: String, _ options: [String] = []) async throws {
        self.gt = gt
        await places.take()
        do {
            testbed = try await Testbed.shared()
            folder = try TemporaryDirectory()
            container = try await WebServicesContainer(gt: gt, on: testbed, options: options)
        } catch {
            await places.giveBack()
            throw error
        }
    }

    deinit {
        Task.detached { await places.giveBack() }
    }

    /// The factory for jobs that simply run.
    var fork: String { container.address + "/Fork" }

    /// Has the driver run a job, so that its container is known to reach it.
    func letContainerBeHeard(by talk: Talk, _ job: Int = 900) async throws {
        _ = try await talk.submit(job, to: fork, try self.job("true"))
        try await talk.hear("DONE", of: job)
        #expect(try await eventually { try await notifications()["200", default: 0] > 0 })
    }

    /// How the container's notifications were answered: statuses, or the kinds of errors.
    func notifications() async throws -> [String: Int] {
        let counts = try await container.counts().filter { $0.key.hasPrefix("notification ") }
        return Dictionary(uniqueKeysWithValues: counts.map { (String($0.key.dropFirst(13)), $0.value) })
    }

    /// Starts the driver and waits until it is ready. Containers are looked at every second.
    func driver(_ options: String = "", _ environment: [String: String] = [:]) async throws -> Talk {
        let talk = try Talk(
            "gw_em_mad_ws",
            Talk.Start(
                ["--poll-interval 1 " + options], environment: testbed.variables.merging(environment) { $1 },
                directory: folder.path))
        #expect(try await talk.ask("INIT 200 - -") == "INIT - SUCCESS -")
        return talk
    }

    /// Writes a job description as gwd does: no namespace, the schema's order not kept. Runs `script` in a shell.
    func job(_ script: String, more: String = "") throws -> String {
        let text = script.replacingOccurrences(of: "&", with: "&amp;").replacingOccurrences(of: "<", with: "&lt;")
        return try description(
            "<job> <executable>/bin/sh</executable> <argument>-c</argument> <argument>\(text)</argument> "
                + "<environment> <name>GW_JOB_ID</name> <value>0</value></environment> <count>1</count> "
                + "<jobType>single</jobType> <queue>(null)</queue> \(more)</job>")
    }

    /// Writes a job description as it is; returns the file.
    func description(_ text: String) throws -> String {
        try folder.write("\(UUID().uuidString).rsl", text)
    }

    /// Writes a proxy of the test user to a file of the test and returns its path.
    func credential(_ options: String = "", as name: String) async throws -> String {
        let file = folder.path + "/" + name
        try await Testbed.run(["credential", "test", options, file])
        return file
    }
}

private let places = Places(4)

extension Talk {
    /// Submits a job and returns its contact.
    func submit(_ job: Int, to contact: String, _ document: String) async throws -> String {
        say("SUBMIT \(job) \(contact) \(document)")
        let words = try await hear("SUBMIT \(job) ").split(separator: " ").map(String.init)
        try #require(words.count == 4 && words[2] == "SUCCESS", "\(words.joined(separator: " "))")
        return words[3]
    }

    /// Sends a line and gives the first answer that begins with `prefix`.
    func hear(_ prefix: String, after line: String, within limit: Duration = .seconds(30)) async throws -> String {
        say(line)
        return try await hear(prefix, within: limit)
    }

    /// Waits until a state of a job is told.
    @discardableResult
    func hear(_ state: String, of job: Int, within limit: Duration = .seconds(60)) async throws -> String {
        try await hear("CALLBACK \(job) SUCCESS \(state)", within: limit)
    }
}

/// Waits until something is true, which nobody tells.
func eventually(within limit: Duration = .seconds(30), _ condition: () async throws -> Bool) async throws -> Bool {
    let end = ContinuousClock.now + limit
    while ContinuousClock.now < end {
        if try await condition() { return true }
        try await Task.sleep(for: .milliseconds(50))
    }
    return false
}
