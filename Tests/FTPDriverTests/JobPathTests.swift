import Foundation
import TestSupport
import Testing

/// What a job needs of the driver, on real servers.
@Suite struct JobPathTests {
    @Test func aJobsFilesGoOutAndComeBackAsGWDConductsThem() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        let text = String(repeating: "a line of the job's input\n", count: 10_000)
        let input = try job.local.write("in", text)
        let program = try job.local.write("prog.sh", "#!/bin/sh\n")
        job.talk.say("CP 0 0 - file://\(input) \(job.remote)in.remote")
        job.talk.say("CP 0 5 X file://\(program) \(job.remote)prog.sh")
        job.talk.say("CP 0 7 X file://\(program) \(job.remote).wrapper")
        #expect(try await job.talk.hear("CP 0 0 ") == "CP 0 0 SUCCESS (file://\(input)->\(job.remote)in.remote)")
        #expect(try await job.talk.hear("CP 0 5 ").hasPrefix("CP 0 5 SUCCESS"))
        #expect(try await job.talk.hear("CP 0 7 ").hasPrefix("CP 0 7 SUCCESS"))
        try await job.expect("END 0 - - - - ", "END 0 - SUCCESS -")
        #expect(try mode(of: job.path + "/prog.sh") == 0o755)
        #expect(try mode(of: job.path + "/in.remote") & 0o111 == 0)

        try await job.expect("START 0 - - - - ", "START 0 - SUCCESS -")
        let back = job.local.path + "/back"
        #expect(try await job.copy(job.remote + "in.remote", "file://\(back)").hasPrefix("CP 0 0 SUCCESS"))
        #expect(try job.local.read("back") == text)
        #expect(try mode(of: back) == 0o644)
        try await job.finish()
        #expect(!FileManager.default.fileExists(atPath: job.path))
    }

    @Test func emptyFilesAndFilesOfManyBlocksArriveWhole() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        for size in [0, 1, 65_536, 262_144, 262_145, 40 << 20] {
            let data = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) })
            let source = try job.local.write("source", data)
            #expect(try await job.copy("file://\(source)", job.remote + "f").hasPrefix("CP 0 0 SUCCESS"))
            #expect(try await job.copy(job.remote + "f", "file://\(source).back").hasPrefix("CP 0 0 SUCCESS"))
            #expect(try Data(contentsOf: URL(fileURLWithPath: source + ".back")) == data, "\(size) bytes")
        }
        try await job.finish()
    }

    @Test func streamModeServesSitesThatNoServerCanConnectTo() async throws {
        let job = try await GridTalk(["--stream-mode"])
        try await job.prepare()
        let source = try job.local.write("source", Data(count: 1 << 20))
        #expect(try await job.copy("file://\(source)", job.remote + "f").hasPrefix("CP 0 0 SUCCESS"))
        #expect(try await job.copy(job.remote + "f", "file://\(source).back").hasPrefix("CP 0 0 SUCCESS"))
        #expect(try Data(contentsOf: URL(fileURLWithPath: source + ".back")).count == 1 << 20)
        try await job.finish()
    }

    @Test func twoServersCopyBetweenEachOther() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        let source = try job.local.write("source", "across")
        #expect(try await job.copy("file://\(source)", job.remote + "f").hasPrefix("CP 0 0 SUCCESS"))
        #expect(
            try await job.copy(job.remote + "f", job.remote2 + "g", mode: "X")
                == "CP 0 0 SUCCESS (\(job.remote)f->\(job.remote2)g)")
        #expect(try String(contentsOfFile: job.path + "/g", encoding: .utf8) == "across")
        #expect(try mode(of: job.path + "/g") == 0o755)
        #expect(try await job.copy(job.remote + "none", job.remote2 + "h").contains("No such file or directory"))
        #expect(try await job.copy(job.remote + "f", job.remote2 + "h").hasPrefix("CP 0 0 SUCCESS"))
        try await job.finish()
    }

    @Test func localFilesAreCopiedToo() async throws {
        let job = try await GridTalk()
        let source = try job.local.write("source", "here")
        #expect(try await job.copy("file://\(source)", "file://\(source).x", mode: "X").hasPrefix("CP 0 0 SUCCESS"))
        #expect(try job.local.read("source.x") == "here")
        #expect(try mode(of: source + ".x") == 0o755)
    }

    @Test func existsTellsFilesAndDirectoriesFromNothing() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        try await job.expect("EXISTS 0 - - \(job.remote) - ", "EXISTS 0 - SUCCESS -")
        #expect(try await job.ask("EXISTS 0 - - \(job.remote)f - ").hasPrefix("EXISTS 0 - FAILURE \(job.remote)f"))
        try await job.finish()
    }

    @Test func manySmallFilesOfOneJobShareALogin() async throws {
        let job = try await GridTalk()
        let clock = ContinuousClock()
        let login = try await clock.measure { try await job.prepare() }
        let source = try job.local.write("small", Data(count: 10_240))
        let start = clock.now
        for number in 0..<200 { job.talk.say("CP 0 \(number) - file://\(source) \(job.remote)\(number)") }
        for number in 0..<200 { #expect(try await job.talk.hear("CP 0 \(number) ").contains(" SUCCESS ")) }
        #expect(clock.now - start < login * 50)
        #expect(try names(in: job.path).count == 200)
        try await job.finish()
    }
}
