import Foundation
import TestSupport
import Testing

@testable import gwmad

/// Fifty jobs without a shared home, through one pair of drivers, in gwd's own words.
@Suite struct FiftyJobsStageAtOnce {
    private static let count = 50

    @Test func allBringTheirResults() async throws {
        let grid = try await Testbed.shared()
        let folder = try TemporaryDirectory()
        let user = "fifty\(UInt32.random(in: 0...UInt32.max))"
        let environment = grid.variables.merging(["GW_LOCATION": folder.path]) { $1 }
        let transfer = try Talk("gw_tm_mad_dummy", .init(["-g"], environment: environment))
        let url = try await String(transfer.ask("INIT 200 - - - -").dropFirst("INIT - - SUCCESS ".count))
        try #require(url.hasPrefix("https://"), "\(url)")
        let execution = try Talk("gw_em_mad_prews", .init([""], environment: environment))
        #expect(try await execution.ask("INIT 200 - -") == "INIT - SUCCESS -")

        try FileManager.default.createDirectory(atPath: folder.path + "/home", withIntermediateDirectories: true)
        let wrapper = try folder.write("wrapper.sh", JobScript.stagingWrapper)
        let jobs = (0..<Self.count).map { Job(number: $0, folder: folder.path, user: user, url: url) }
        try await stageIn(jobs, wrapper, through: transfer)
        for job in jobs {
            execution.say("SUBMIT \(job.number) \(grid["TESTBED_GRAM"])/jobmanager-fork-seg \(job.path("job.rsl.0"))")
        }

        for job in jobs {
            _ = try await execution.hear("CALLBACK \(job.number) SUCCESS DONE", within: .seconds(240))
        }
        try await stageOut(jobs, through: transfer)
        for job in jobs {
            #expect(try folder.read("home/out.\(job.number)") == "input of \(job.number)\n")
            #expect(try folder.read("var/\(job.number)/stdout.wrapper.0").contains("EXIT_STATUS=0\n"))
        }
        for talk in [transfer, execution] {
            talk.say(talk === transfer ? "FINALIZE - - - - -" : "FINALIZE - - -")
            #expect(try await talk.finish() == 0)
        }
        let left = try FileManager.default.contentsOfDirectory(atPath: grid["TESTBED_JOB_HOME"])
        #expect(left.filter { $0.hasPrefix(".gw_\(user)_") } == [])
    }

    private struct Job {
        let number: Int
        let folder: String
        let user: String
        let url: String

        var directory: String { "gsiftp://host.test/~/.gw_\(user)_\(number)/" }
        func path(_ name: String) -> String { "\(folder)/var/\(number)/\(name)" }

        func write(_ name: String, _ text: String) throws {
            try text.write(toFile: path(name), atomically: true, encoding: .utf8)
        }

        /// What gwd writes before it says START.
        func prepare(_ wrapper: String) throws {
            try FileManager.default.createDirectory(
                atPath: "\(folder)/var/\(number)", withIntermediateDirectories: true)
            try "input of \(number)\n".write(toFile: "\(folder)/home/in.\(number)", atomically: true, encoding: .utf8)
            try write(
                "job.env",
                """
                export GW_JOB_HOME='\(folder)/home'
                export GW_STAGE_IN='in \(url)\(folder)/home/in.\(number)'
                export GW_STAGE_IN_EXECUTABLE=
                export GW_STAGE_OUT='stdout.execution \(url)\(folder)/home/out.\(number)'
                GW_COMMAND='/bin/cat in'

                """)
            try write(
                "job.rsl.0",
                "&(jobtype=\"single\")(executable=\"\(url)\(wrapper)\")(arguments=\"\(url)\(path("job.env"))\")"
                    + "(stdout=\"\(url)\(path("stdout.wrapper.0"))\")(stderr=\"\(url)\(path("stderr.wrapper.0"))\")"
                    + "(environment=(GW_USER \"\(user)\")(GW_JOB_ID \(number)))(count=1)")
        }
    }

    private func stageIn(_ jobs: [Job], _ wrapper: String, through talk: Talk) async throws {
        for job in jobs {
            try job.prepare(wrapper)
            try await ask(talk, "START \(job.number) - - - - ")
            try await ask(talk, "RMDIR \(job.number) - - \(job.directory) - ")
            try await ask(talk, "MKDIR \(job.number) - - \(job.directory) - ")
            let files = [
                ("file://\(job.folder)/home/in.\(job.number)", "in"), ("file://\(job.path("job.env"))", "job.env"),
                ("file://\(wrapper)", ".wrapper"),
            ]
            for (index, (source, name)) in files.enumerated() {
                try await ask(talk, "CP \(job.number) \(index) - \(source) \(job.directory)\(name)")
            }
            try await ask(talk, "END \(job.number) - - - - ")
        }
    }

    private func stageOut(_ jobs: [Job], through talk: Talk) async throws {
        for job in jobs {
            try await ask(talk, "START \(job.number) - - - - ")
            let files = [
                ("stdout.wrapper", job.path("stdout.wrapper.0")), ("stderr.wrapper", job.path("stderr.wrapper.0")),
                ("stdout.execution", "\(job.folder)/home/out.\(job.number)"),
            ]
            for (index, (name, destination)) in files.enumerated() {
                try await ask(talk, "CP \(job.number) \(index) - \(job.directory)\(name) file://\(destination)")
            }
            try await ask(talk, "RMDIR \(job.number) - - \(job.directory) - ")
            try await ask(talk, "END \(job.number) - - - - ")
        }
    }

    private func ask(_ talk: Talk, _ line: String, at place: SourceLocation = #_sourceLocation) async throws {
        let reply = try await talk.ask(line)
        #expect(reply.contains(" SUCCESS"), "\(line): \(reply)", sourceLocation: place)
    }
}
