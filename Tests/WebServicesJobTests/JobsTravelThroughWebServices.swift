import Foundation
import TestSupport
import Testing

/// Real jobs through Globus Toolkit 4: MDS4 tells the hosts, GridFTP moves the files, WS-GRAM runs the jobs.
@Suite(.serialized) struct JobsTravelThroughWebServices {
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

    private func start(_ arguments: [String], _ environment: [String: String] = [:]) throws -> Tool {
        let variables = grid.variables.merging(["TESTBED_GWD_CONF": grid["TESTBED_GWD_CONF_WS"]]) { $1 }
        return try Tool(
            "gwmad",
            .init(arguments, environment: variables.merging(environment) { $1 }, directory: directory.path))
    }

    private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> Outcome {
        let tool = try start(arguments, environment)
        return Outcome(
            status: try await tool.finish(within: .seconds(90)), output: tool.output, messages: tool.messages)
    }

    private func leftovers(of outcome: String) throws -> [String] {
        let names = outcome.split(separator: "/").filter { $0.hasPrefix(".gw_") }.map(String.init)
        return try FileManager.default.contentsOfDirectory(atPath: grid["TESTBED_JOB_HOME"])
            .filter { names.contains($0) }
    }

    /// The driver that asks the container's index for hosts; a list adds the GridFTP server.
    private func index(_ gt: String) throws -> String {
        let storage = grid["TESTBED_GSIFTP"].dropFirst("gsiftp://".count)
        try directory.write("storage", "SE_HOSTNAME=\"\(storage)\"\n")
        try directory.write("hosts", "\(grid["GLOBUS_HOSTNAME"]) \(directory.path)/storage\n")
        return "gw_im_mad_mds4 -s \(grid["GLOBUS_HOSTNAME"]) -p \(port(gt)) -l \(directory.path)/hosts"
    }

    private func port(_ gt: String) -> String { String(container(gt).drop { $0 != ":" }.dropFirst()) }

    private func container(_ gt: String) -> String { grid[gt == "4.0" ? "TESTBED_WS40" : "TESTBED_WS42"] }

    private func expectResults(of outcome: Outcome, at place: SourceLocation = #_sourceLocation) throws {
        #expect(outcome.status == 7, "\(outcome.messages)", sourceLocation: place)
        #expect(outcome.output == ["from stdin", "two words it's me"], sourceLocation: place)
        #expect(outcome.messages.contains("\noops\n"), sourceLocation: place)
        #expect(!outcome.messages.contains("driver defect"), "\(outcome.messages)", sourceLocation: place)
        #expect(try directory.read("count").contains("1000"), sourceLocation: place)
        #expect(try leftovers(of: outcome.messages) == [], sourceLocation: place)
    }

    /// The job of these tests: input, output, stdin, arguments, environment and an exit code.
    private func job(_ options: [String]) throws -> [String] {
        try directory.write(
            "job.sh", "#!/bin/sh\ncat; echo \"$1 $WHO\"; wc -l <numbers >count; echo oops >&2; exit 7\n")
        try directory.write("in.txt", (1...1000).map { "\($0)\n" }.joined())
        try directory.write("stdin.txt", "from stdin\n")
        return ["run"] + options
            + [
                "-i", "in.txt=numbers", "-o", "count", "--stdin", "stdin.txt", "-e", "WHO=it's me", "./job.sh",
                "two words",
            ]
    }

    @Test(arguments: ["4.0", "4.2"]) func aJobTravelsThroughMDS4FtpAndWSGRAM(gt: String) async throws {
        let outcome = try await run(try job(["--host", container(gt)]))
        try expectResults(of: outcome)
        #expect(outcome.messages.contains("\(container(gt))/PBS, queue dque"), "\(outcome.messages)")
        #expect(outcome.messages.contains("/wsrf/services/ManagedExecutableJobService?"), "\(outcome.messages)")
        #expect(outcome.messages.contains("#gt\(gt)"), "\(outcome.messages)")
    }

    /// The index names its host without a port; both drivers find it at the one of `-p`.
    @Test(arguments: ["4.0", "4.2"]) func aHostThatAnIndexNamesRunsTheJob(gt: String) async throws {
        let outcome = try await run(
            try job([
                "--im", try index(gt), "--tm", "gw_tm_mad_ftp", "--em", "gw_em_mad_ws -p \(port(gt)) --gt \(gt)", "-q",
                "default",
            ]))
        try expectResults(of: outcome)
        #expect(outcome.messages.contains("\(grid["GLOBUS_HOSTNAME"])/PBS, queue default"), "\(outcome.messages)")
    }

    @Test(arguments: ["4.0", "4.2"]) func anInterruptEndsTheRemoteJob(gt: String) async throws {
        let marker = "87\(Int.random(in: 1000...9999))"
        let tool = try start(["run", "--host", container(gt), "/bin/sleep", marker])
        try await tool.wait(for: "gwmad: active")
        tool.signal(SIGINT)
        #expect(try await tool.finish(within: .seconds(60)) == 130, "\(tool.messages)")
        #expect(try Processes.running("/bin/sleep", marker) == [])
        #expect(try leftovers(of: tool.messages) == [])
    }

    // MARK: What the administrator is told

    @Test func theHostsOfBothDialectsAreShown() async throws {
        let outcome = try await run(["hosts"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        let hosts = outcome.output.dropFirst().map { $0.split(separator: " ").map(String.init) }
        #expect(Set(hosts.map { $0[0] }) == [container("4.0"), container("4.2")], "\(outcome.output)")
        #expect(hosts.allSatisfy { $0[1] == "PBS" && $0.last == "default,dque" }, "\(outcome.output)")
    }

    @Test func aCheckFindsNothingToComplainOf() async throws {
        let outcome = try await run(["check"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.output.first == "gw_im_mad_mds4 (IM_MAD mds4)")
        #expect(outcome.output.contains { $0.hasSuffix("2 of 2 hosts answer MONITOR") }, "\(outcome.output)")
    }

    @Test func anIndexAtAnotherPortIsNamed() async throws {
        let wrong = "\(grid["GLOBUS_HOSTNAME"]):1"
        try directory.write("hosts", "\(wrong)\n")
        let options = ["--im", "gw_im_mad_mds4 -l \(directory.path)/hosts", "--tm", "ftp", "--em", "ws"]
        let outcome = try await run(["run"] + options + ["/bin/true"])
        #expect(outcome.status == 121, "\(outcome.messages)")
        #expect(
            outcome.messages.contains(
                "no host can take the job:\n  \(wrong): no connection to \(wrong): nobody listens"),
            "\(outcome.messages)")
        let check = try await run(["check"] + options.prefix(2))
        #expect(check.status == 121)
        #expect(check.output.contains { $0.contains("answers") && $0.contains("nobody listens") }, "\(check.output)")
    }

    @Test func aContainerAtAnotherPortIsNamed() async throws {
        let outcome = try await run(
            ["run", "--im", try index("4.2"), "--tm", "ftp", "--em", "gw_em_mad_ws -p 1", "/bin/true"])
        #expect(outcome.status == 123, "\(outcome.messages)")
        let host = grid["GLOBUS_HOSTNAME"]
        #expect(
            outcome.messages.contains("FAILURE: no connection to \(host):1: nobody listens at port 1 of \(host)"),
            "\(outcome.messages)")
        #expect(try leftovers(of: outcome.messages) == [])
    }

    @Test(arguments: ["4.0", "4.2"]) func aContainerThatIsNotTrustedGetsNoJob(gt: String) async throws {
        let outcome = try await run(
            ["run", "--host", container(gt), "/bin/true"], ["X509_CERT_DIR": directory.path])
        #expect(outcome.status == 121, "\(outcome.messages)")
        #expect(outcome.messages.contains("the server's certificate is not trusted"), "\(outcome.messages)")
        #expect(
            outcome.messages.contains("is not among the authorities in \(directory.path)"), "\(outcome.messages)")
    }

    @Test func aMissingProxyIsNamedByTheDriver() async throws {
        let proxy = "\(directory.path)/none"
        let outcome = try await run(["run", "/bin/true"], ["X509_USER_PROXY": proxy])
        #expect(outcome.status == 120, "\(outcome.messages)")
        #expect(outcome.messages.contains("gw_em_mad_ws (EM_MAD ws)"), "\(outcome.messages)")
        #expect(outcome.messages.contains("FAILURE: no proxy certificate at \(proxy)"), "\(outcome.messages)")
    }

    @Test func jobsOfWebServicesDoNotStageByThemselves() async throws {
        let outcome = try await run(["run", "--rsl", "nsh", "/bin/true"])
        #expect(outcome.status == 78, "\(outcome.messages)")
        #expect(outcome.messages.contains("jobs do not stage by themselves"), "\(outcome.messages)")
    }
}
