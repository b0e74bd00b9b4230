import Foundation
import TestSupport
import Testing

/// Real jobs: the drivers of this package, conducted by gwmad, on the test grid.
@Suite(.serialized) struct FirstJobTests {
    private let directory: TemporaryDirectory
    private let grid: Testbed

    init() async throws {
        directory = try TemporaryDirectory()
        grid = try await Testbed.shared()
    }

    private struct Outcome {
        let status: Int32
        let output: [String]
        let messages: String
    }

    /// gwmad of this build; it finds the drivers beside itself, should the grid's tree hold others.
    private func start(_ arguments: [String]) throws -> Tool {
        try Tool("gwmad", .init(arguments, environment: grid.variables, directory: directory.path))
    }

    private func run(_ arguments: [String]) async throws -> Outcome {
        let tool = try start(arguments)
        return Outcome(
            status: try await tool.finish(within: .seconds(90)), output: tool.output, messages: tool.messages)
    }

    /// Directories of jobs that nobody removed.
    private func leftovers(of outcome: String) throws -> [String] {
        let names = outcome.split(separator: "/").filter { $0.hasPrefix(".gw_") }.map(String.init)
        let home = try FileManager.default.contentsOfDirectory(atPath: grid["TESTBED_JOB_HOME"])
        return home.filter { names.contains($0) }
    }

    /// The two hosts of the grid: one with a job manager that polls, one whose job manager hears events.
    @Test(arguments: ["jobmanager-fork", "jobmanager-fork-seg"])
    func aJobTravelsThroughStaticFtpAndPrews(manager: String) async throws {
        let hosts = try await run(["hosts"])
        #expect(hosts.status == 0, "\(hosts.messages)")
        let words = hosts.output.map { $0.split(separator: " ").map(String.init) }
        let host = try #require(words.first { $0.count > 1 && $0[1] == manager }?.first, "\(hosts.output)")

        try directory.write(
            "job.sh", "#!/bin/sh\ncat; echo \"$1 $WHO\"; wc -l <numbers >count; echo oops >&2; exit 7\n")
        try directory.write("in.txt", (1...1000).map { "\($0)\n" }.joined())
        try directory.write("stdin.txt", "from stdin\n")
        let outcome = try await run([
            "run", "--host", host, "-i", "in.txt=numbers", "-o", "count", "--stdin", "stdin.txt", "-e", "WHO=it's me",
            "./job.sh", "two words",
        ])
        #expect(outcome.status == 7, "\(outcome.messages)")
        #expect(outcome.output == ["from stdin", "two words it's me"])
        #expect(outcome.messages.contains("\noops\n"))
        #expect(!outcome.messages.contains("driver defect"), "\(outcome.messages)")
        #expect(try directory.read("count").contains("1000"))
        #expect(try leftovers(of: outcome.messages) == [])
    }

    @Test func anInterruptCancelsTheRemoteJob() async throws {
        let marker = "86\(Int.random(in: 1000...9999))"
        let tool = try start(["run", "/bin/sleep", marker])
        try await tool.wait(for: "gwmad: active")
        tool.signal(SIGINT)
        #expect(try await tool.finish(within: .seconds(60)) == 130, "\(tool.messages)")
        #expect(try Processes.running("/bin/sleep", marker) == [])
        #expect(try leftovers(of: tool.messages) == [])
    }

    @Test func aMissingCredentialIsNamedByTheDriver() async throws {
        let tool = try Tool(
            "gwmad",
            .init(
                ["run", "/bin/true"],
                environment: grid.variables.merging(["X509_USER_PROXY": "\(directory.path)/none"]) { $1 },
                directory: directory.path))
        #expect(try await tool.finish(within: .seconds(30)) == 120)
        #expect(tool.messages.contains("INIT 100000 - - -> FAILURE: "), "\(tool.messages)")
        #expect(tool.messages.contains("\(directory.path)/none"), "\(tool.messages)")
    }
}
