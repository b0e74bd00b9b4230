import Foundation
import TestSupport
import Testing

/// Real jobs in the reverse model: a job account whose home is not the client's fetches and brings everything itself.
@Suite(.serialized) struct JobsStageByThemselves {
    private let directory: TemporaryDirectory
    private let grid: Testbed

    init() async throws {
        directory = try TemporaryDirectory()
        grid = try await Testbed.shared()
        try directory.write(
            "job.sh",
            "#!/bin/sh\ncat; echo \"$1 $WHO\"; wc -l <numbers >count; sleep ${PAUSE:-0}; echo oops >&2; exit 7\n")
        try directory.write("in.txt", (1...1000).map { "\($0)\n" }.joined())
        try directory.write("stdin.txt", "from stdin\n")
    }

    private func start(_ driver: String, _ options: [String] = []) throws -> Tool {
        let words =
            ["run", "--rsl", "nsh", "--tm", driver, "-i", "in.txt=numbers", "-o", "count", "--stdin", "stdin.txt"]
            + ["-e", "WHO=it's me"] + options + ["./job.sh", "two words"]
        return try Tool("gwmad", .init(words, environment: grid.variables, directory: directory.path))
    }

    private func expectResults(of tool: Tool, at place: SourceLocation = #_sourceLocation) async throws {
        let status = try await tool.finish(within: .seconds(90))
        #expect(status == 7, "\(tool.messages)", sourceLocation: place)
        #expect(tool.output == ["from stdin", "two words it's me"], sourceLocation: place)
        #expect(tool.messages.contains("\noops\n"), sourceLocation: place)
        #expect(!tool.messages.contains("driver defect"), "\(tool.messages)", sourceLocation: place)
        #expect(try directory.read("count").contains("1000"), sourceLocation: place)
    }

    /// The GASS servers of the driver that `tool` started.
    private func servers(of tool: Tool) async throws -> [Int32] {
        let drivers = try await Shell.run("pgrep -P \(tool.pid) -x gw_tm_mad_dummy || true")
        var servers: [Int32] = []
        for driver in drivers.split(separator: "\n") {
            servers += try await Shell.run("pgrep -P \(driver) || true").split(separator: "\n").compactMap { Int32($0) }
        }
        return servers
    }

    @Test(arguments: ["gw_tm_mad_dummy -g", "gw_tm_mad_dummy -u"])
    func aJobTravelsWithoutASharedHome(driver: String) async throws {
        let url = driver.hasSuffix("-u") ? " " + grid["TESTBED_GSIFTP_CLIENT"] : ""
        try await expectResults(of: try start(driver + url))
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).count == 4)
    }

    @Test func aJobOutlivesTheDeathOfTheServer() async throws {
        let tool = try start("gw_tm_mad_dummy -g", ["-e", "PAUSE=3"])
        try await tool.wait(for: "gwmad: active")
        let servers = try await servers(of: tool)
        try #require(servers.count == 1, "\(tool.messages)")
        kill(servers[0], SIGKILL)
        try await expectResults(of: tool)
    }

    @Test func aResultMayGoToAnotherDirectory() async throws {
        let elsewhere = try TemporaryDirectory()
        let tool = try start("gw_tm_mad_dummy -g", ["-o", "numbers=\(elsewhere.path)/copy"])
        try await expectResults(of: tool)
        #expect(try elsewhere.read("copy").hasSuffix("\n1000\n"))
    }

    @Test func theLanguageAndTheTransferDriverMustGoTogether() async throws {
        let without = try start("gw_tm_mad_dummy")
        #expect(try await without.finish(within: .seconds(60)) == 78)
        #expect(without.messages.contains("tells no staging URL, which rsl_nsh needs"), "\(without.messages)")
    }
}
