import Foundation
import TestSupport
import Testing

/// What copies leave on this machine.
@Suite struct LocalFileTests {
    @Test func aFailedCopyLeavesTheOldFileAndNothingElse() async throws {
        let job = try await GridTalk()
        let target = try job.local.write("target", "old")
        #expect(try await job.copy(job.remote + "nothing", "file://\(target)").contains("No such file or directory"))
        #expect(try job.local.read("target") == "old")
        #expect(try names(in: job.local.path) == ["target"])
    }

    @Test func aFullDiskIsReportedAndTheDriverGoesOn() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.copy("file:///etc/hostname", job.remote + "f").hasPrefix("CP 0 0 SUCCESS"))
        #expect(
            try await job.copy(job.remote + "f", "file:///dev/full")
                == "CP 0 0 FAILURE cannot write /dev/full: No space left on device")
        #expect(try await job.copy("file:///etc/hostname", "file:///dev/full").contains("No space left on device"))
        #expect(try await job.copy(job.remote + "f", "file://\(job.local.path)/f").hasPrefix("CP 0 0 SUCCESS"))
        try await job.finish()
    }

    @Test func aLinkInThePlaceOfATargetIsReplacedNotFollowed() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.copy("file:///etc/hostname", job.remote + "f").hasPrefix("CP 0 0 SUCCESS"))
        let victim = try job.local.write("victim", "precious")
        try FileManager.default.createSymbolicLink(atPath: job.local.path + "/link", withDestinationPath: victim)
        #expect(try await job.copy(job.remote + "f", "file://\(job.local.path)/link").hasPrefix("CP 0 0 SUCCESS"))
        #expect(try job.local.read("victim") == "precious")
        try await job.finish()
    }

    @Test(arguments: [
        ("/nonexistent/file", "No such file or directory"), ("/etc", "not a regular file"),
        ("relative", "absolute path"),
    ])
    func aSourceThatCannotBeReadIsNamed(path: String, cause: String) async throws {
        let job = try await GridTalk()
        let answer = try await job.copy("file:" + path, job.remote + "x")
        #expect(answer.hasPrefix("CP 0 0 FAILURE "))
        #expect(answer.contains(path) && answer.contains(cause))
    }

    @Test func aTargetThatCannotBeWrittenIsNamedBeforeAServerIsAsked() async throws {
        let job = try await GridTalk()
        #expect(
            try await job.copy("gsiftp://nobody.invalid/x", "file:///nonexistent/x")
                == "CP 0 0 FAILURE cannot write /nonexistent/x: No such file or directory")
        #expect(
            try await job.copy("gsiftp://nobody.invalid/x", "file://\(job.local.path)")
                == "CP 0 0 FAILURE cannot write \(job.local.path): it is a directory")
    }
}
