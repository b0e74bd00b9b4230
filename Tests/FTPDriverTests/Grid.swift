import Foundation
import TestSupport
import Testing

/// A driver on the test grid, started and open for one job, with a remote directory of its own.
final class GridTalk: Sendable {
    let talk: Talk
    let grid: Testbed
    let local: TemporaryDirectory
    /// The name of the remote directory, below the job account's home.
    let name = ".gw_test_\(UUID().uuidString)"

    /// Starts a driver; INIT and START have been answered SUCCESS when it returns.
    init(_ options: [String] = [], environment: [String: String] = [:]) async throws {
        grid = try await Testbed.shared()
        local = try TemporaryDirectory()
        talk = try Talk("gw_tm_mad_ftp", .grid(grid, options, environment))
        try await expect("INIT 200 - - - -", "INIT - - SUCCESS -")
        try await expect("START 0 - - - - ", "START 0 - SUCCESS -")
    }

    /// The remote directory on the first server, by a URL as gwd writes it.
    var remote: String { grid["TESTBED_GSIFTP"] + "/~/\(name)/" }
    /// The same directory on the second server.
    var remote2: String { grid["TESTBED_GSIFTP2"] + "/~/\(name)/" }
    /// Where the servers keep it.
    var path: String { grid["TESTBED_JOB_HOME"] + "/\(name)" }

    /// Sends a request and returns its own answer, whatever else is said meanwhile.
    func ask(_ line: String, within limit: Duration = .seconds(30)) async throws -> String {
        let words = line.split(separator: " ")
        let verb = words.first.map(String.init) ?? ""
        let isNumbered = verb != "INIT" && words.count > 1 && words[1].allSatisfy(\.isNumber) && Int32(words[1]) != nil
        talk.say(line)
        return try await talk.hear(verb + (isNumbered ? " \(words[1])" : " -"), within: limit)
    }

    /// Sends a request and compares its answer.
    func expect(
        _ line: String, _ answer: String, within limit: Duration = .seconds(30),
        at place: SourceLocation = #_sourceLocation
    ) async throws {
        let heard = try await ask(line, within: limit)
        #expect(heard == answer, sourceLocation: place)
    }

    /// Makes the remote directory as gwd does.
    func prepare() async throws {
        try await expect("RMDIR 0 - - \(remote) - ", "RMDIR 0 - SUCCESS -")
        try await expect("MKDIR 0 - - \(remote) - ", "MKDIR 0 - SUCCESS \(remote)")
    }

    /// One copy and its answer.
    func copy(_ source: String, _ destination: String, mode: String = "-", within limit: Duration = .seconds(30))
        async throws -> String
    {
        try await ask("CP 0 0 \(mode) \(source) \(destination)", within: limit)
    }

    /// Takes the remote directory away and ends the driver.
    func finish() async throws {
        try await expect("RMDIR 0 - - \(remote) - ", "RMDIR 0 - SUCCESS -")
        talk.say("FINALIZE - - - - -")
        #expect(try await talk.finish() == 0)
    }
}

extension Talk.Start {
    /// A start with the grid's variables.
    static func grid(_ grid: Testbed, _ options: [String] = [], _ environment: [String: String] = [:]) -> Talk.Start {
        Talk.Start(options, environment: grid.variables.merging(environment) { $1 })
    }
}

/// The permissions of a file.
func mode(of path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
}

/// What a directory holds, hidden names included.
func names(in directory: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory).sorted()
}
