import Foundation
import TestSupport
import Testing

/// What the tests of this driver need of a grid: servers, proxies, job descriptions and the driver itself.
final class JobGrid: Sendable {
    let variables: [String: String]
    let folder: TemporaryDirectory
    /// The state directory of a grid of one's own, to be ended with the test.
    let own: String?

    /// The grid that all tests share.
    init() async throws {
        variables = try await Testbed.shared().variables
        folder = try TemporaryDirectory()
        own = nil
        await places.take()
    }

    private init(own state: String) async throws {
        folder = try TemporaryDirectory()
        try await JobGrid.testbed(["up"], state)
        var variables: [String: String] = [:]
        for line in try await JobGrid.testbed(["env"], state).split(separator: "\n") where line.hasPrefix("export ") {
            let pair = line.dropFirst("export ".count).split(separator: "=", maxSplits: 1).map(String.init)
            if pair.count == 2 { variables[pair[0]] = pair[1] }
        }
        self.variables = variables
        own = state
        await places.take()
    }

    deinit {
        Task.detached { await places.giveBack() }
    }

    /// Runs a test with a grid of its own, whose servers it may kill.
    static func own(_ body: (JobGrid) async throws -> Void) async throws {
        let state = "/tmp/gw-prews-\(UUID().uuidString.prefix(8))"
        var failure: (any Error)?
        do { try await body(JobGrid(own: state)) } catch { failure = error }
        try await testbed(["down"], state)
        try FileManager.default.removeItem(atPath: state)
        if let failure { throw failure }
    }

    @discardableResult
    static func testbed(_ arguments: [String], _ state: String?) async throws -> String {
        let environment = state.map { "TESTBED_DIR=\($0) " } ?? ""
        return try await Shell.run(
            "\(environment)'\(Testbed.root.path)/scripts/testbed' \(arguments.joined(separator: " "))")
    }

    /// The gatekeeper, `host:port`.
    var gatekeeper: String { variables["TESTBED_GRAM"] ?? "TESTBED_GRAM-is-not-set" }
    /// The gatekeeper's host.
    var host: String { String(gatekeeper.prefix { $0 != ":" }) }
    /// The gatekeeper's port.
    var port: String { String(gatekeeper.drop { $0 != ":" }.dropFirst()) }
    /// A job manager that looks after its jobs every two seconds and learns no exit codes.
    var polling: String { gatekeeper + "/jobmanager-fork" }
    /// A job manager that is told of its jobs' ends and exit codes.
    var events: String { gatekeeper + "/jobmanager-fork-seg" }

    /// Starts the driver and waits until it is ready.
    func driver(_ options: String = "", _ environment: [String: String] = [:]) async throws -> Talk {
        let talk = try Talk(
            "gw_em_mad_prews",
            Talk.Start([options], environment: variables.merging(environment) { $1 }, directory: folder.path))
        #expect(try await talk.ask("INIT 200 - -") == "INIT - SUCCESS -")
        return talk
    }

    /// Writes a proxy of `user` to a file of the test and returns its path.
    func credential(_ user: String = "test", _ kind: String = "", as name: String) async throws -> String {
        let file = folder.path + "/" + name
        try await JobGrid.testbed(["credential", user, kind, file], own)
        return file
    }

    /// Writes a job description that runs `script` in a shell; returns the file.
    func job(_ script: String, more: String = "") throws -> String {
        let quoted = script.replacingOccurrences(of: "\"", with: "\"\"")
        return try description("&(executable=/bin/sh)(arguments=-c \"\(quoted)\")\(more)")
    }

    /// Writes a job description as it is; returns the file.
    func description(_ text: String) throws -> String {
        try folder.write("\(UUID().uuidString).rsl", text)
    }
}

private let places = Places(6)

extension Talk {
    /// The part of a job's contact that is GRAM's.
    static func url(_ contact: String) -> String { String(contact.prefix { $0 != "#" }) }

    /// Submits a job and returns its contact.
    func submit(_ job: Int, to contact: String, _ document: String) async throws -> String {
        say("SUBMIT \(job) \(contact) \(document)")
        let words = try await hear("SUBMIT \(job) ").split(separator: " ").map(String.init)
        try #require(words.count == 4 && words[2] == "SUCCESS", "\(words.joined(separator: " "))")
        return words[3]
    }

    /// Waits until a state of a job is told.
    @discardableResult
    func hear(_ state: String, of job: Int, within limit: Duration = .seconds(60)) async throws -> String {
        try await hear("CALLBACK \(job) SUCCESS \(state)", within: limit)
    }
}
