import Foundation
import TestSupport
import Testing

/// A driver with a GASS server, started and open for job 0, in a GridWay tree of its own.
final class StagingTalk: Sendable {
    let talk: Talk
    let grid: Testbed
    let folder: TemporaryDirectory
    /// What INIT told.
    let url: String
    private let environment: [String: String]

    /// Starts the driver with `options`, as gwd passes them; INIT, START and MKDIR have succeeded when it returns.
    init(_ options: String = "-g", environment: [String: String] = [:], in folder: TemporaryDirectory? = nil)
        async throws
    {
        grid = try await Testbed.shared()
        self.folder = try folder ?? TemporaryDirectory()
        for name in ["gw/var/0", "gw/var/7", "gw/libexec", "home/.hidden", "elsewhere"] {
            try FileManager.default.createDirectory(
                atPath: "\(self.folder.path)/\(name)", withIntermediateDirectories: true)
        }
        self.environment = grid.variables.merging(["GW_LOCATION": self.folder.path + "/gw"]) { $1 }
            .merging(environment) { $1 }
        talk = try Talk("gw_tm_mad_dummy", .init(["\(options) --log-level info"], environment: self.environment))
        let reply = try await talk.ask("INIT 200 - - - -")
        let prefix = "INIT - - SUCCESS "
        try #require(reply.hasPrefix(prefix), "\(reply)")
        url = String(reply.dropFirst(prefix.count))
        try await begin(0)
    }

    /// The port in ``url``.
    var port: UInt16 { UInt16(url.split(separator: ":").last ?? "") ?? 0 }

    /// A path below the test's directory.
    func path(_ name: String) -> String { "\(folder.path)/\(name)" }

    /// The remote directory of a job, as gwd names it.
    func directory(_ job: Int) -> String { "gsiftp://host.test/~/.gw_user_\(job)/" }

    /// What gwd says before the files of a job.
    func begin(_ job: Int) async throws {
        talk.say("START \(job) - - - - ")
        #expect(try await talk.hear("START \(job) ") == "START \(job) - SUCCESS -")
        talk.say("RMDIR \(job) - - \(directory(job)) - ")
        #expect(try await talk.hear("RMDIR \(job) ") == "RMDIR \(job) - SUCCESS -")
        talk.say("MKDIR \(job) - - \(directory(job)) - ")
        #expect(try await talk.hear("MKDIR \(job) ") == "MKDIR \(job) - SUCCESS \(directory(job))")
    }

    /// The answer to a stage-in of the local file at `path`.
    func stageIn(_ path: String, as name: String = "input", job: Int = 0) async throws -> String {
        try await talk.ask("CP \(job) 0 - file://\(path) \(directory(job))\(name)")
    }

    /// Offers gwd's own file of job 0, with `settings` in it.
    func stageInSettings(_ settings: String) async throws {
        let file = try folder.write("gw/var/0/job.env", settings)
        let reply = try await stageIn(file, as: "job.env")
        #expect(reply.hasPrefix("CP 0 0 SUCCESS "))
    }

    /// Runs a command with the grid's variables; what it prints, and whether it succeeded.
    func run(_ command: String, proxy: String? = nil) async throws -> (isGood: Bool, text: String) {
        var variables = environment
        if let proxy { variables["X509_USER_PROXY"] = proxy }
        let exports = variables.filter { $0.key.hasPrefix("X509") || $0.key.hasPrefix("GLOBUS_HOST") }
            .map { "\($0)='\($1)'" }.joined(separator: " ")
        let output = try await Shell.run("export \(exports); { \(command); } 2>&1; echo \"=$?\"")
        let end = output.lastIndex(of: "=") ?? output.startIndex
        return (output[end...] == "=0\n", String(output[..<end]))
    }

    /// Fetches the file at `path` by globus-url-copy; what it held, or `nil` when it was refused.
    func fetch(_ path: String, proxy: String? = nil) async throws -> String? {
        let result = try await run("timeout 60 globus-url-copy '\(url)\(path)' file:///dev/stdout", proxy: proxy)
        return result.isGood ? result.text : nil
    }

    /// Brings `text` to `path` by globus-url-copy; false when it was refused.
    func bring(_ text: String, to path: String) async throws -> Bool {
        let source = try folder.write("source-\(UUID().uuidString)", text)
        return try await run("timeout 60 globus-url-copy 'file://\(source)' '\(url)\(path)'").isGood
    }

    /// The process of the GASS server.
    func server() async throws -> Int32 {
        let text = try await Shell.run("pgrep -P \(talk.pid) || true")
        return Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }

    /// Ends the driver.
    func finish() async throws {
        talk.say("FINALIZE - - - - -")
        #expect(try await talk.finish() == 0)
    }

    /// Waits until a process is gone.
    static func waitForEnd(of process: Int32, within limit: Duration = .seconds(20)) async throws {
        let deadline = ContinuousClock.now + limit
        while isAlive(process) {
            try #require(ContinuousClock.now < deadline, "process \(process) is still there")
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// False for a process that ended, waited for or not.
    static func isAlive(_ process: Int32) -> Bool {
        guard let status = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
        return !String(decoding: status, as: UTF8.self).contains(") Z ")
    }
}
