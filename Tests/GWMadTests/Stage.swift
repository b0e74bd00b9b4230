import Foundation
import TestSupport

/// A place to run gwmad with stand-ins for its drivers.
struct Stage {
    let home: TemporaryDirectory

    init() throws { home = try TemporaryDirectory() }

    /// What gwmad left when it ended.
    struct Outcome {
        let status: Int32
        let output: [String]
        let messages: String
    }

    /// Options that name the three stand-ins, each with additions such as `fault=cp-fails`.
    func drivers(im: String = "", tm: String = "", em: String = "") -> [String] {
        [
            "--im", "mad_stand_in im home=\(home.path) \(im)", "--tm", "mad_stand_in tm home=\(home.path) \(tm)",
            "--em", "mad_stand_in em home=\(home.path) \(em)",
        ]
    }

    /// Starts gwmad; the work directory lies below `home/tmp`.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Tool {
        let tmp = home.path + "/tmp"
        try FileManager.default.createDirectory(atPath: tmp, withIntermediateDirectories: true)
        return try Tool(
            "gwmad",
            .init(
                arguments, environment: environment.merging(["TMPDIR": tmp]) { first, _ in first },
                without: ["TESTBED_GWD_CONF", "GW_LOCATION"].filter { environment[$0] == nil }, directory: home.path))
    }

    /// Runs gwmad to its end.
    func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> Outcome {
        let tool = try start(arguments, environment: environment)
        return Outcome(status: try await tool.finish(), output: tool.output, messages: tool.messages)
    }

    /// Runs one job.
    func conduct(
        im: String = "", tm: String = "", em: String = "", _ options: [String] = [],
        job: [String] = ["/bin/echo", "hello"]
    ) async throws -> Outcome {
        try await run(["run"] + drivers(im: im, tm: tm, em: em) + options + ["--"] + job)
    }

    /// What is left of jobs on a host, and of gwmad here.
    func leftovers(_ host: String = "host1.test") -> [String] {
        let jobs = (try? FileManager.default.contentsOfDirectory(atPath: "\(home.path)/\(host)")) ?? []
        let work = (try? FileManager.default.contentsOfDirectory(atPath: "\(home.path)/tmp")) ?? []
        return jobs + work
    }
}
