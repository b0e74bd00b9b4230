import Foundation
import Glibc
import TestSupport
import Testing

@testable import GridFTP

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

    @Test func aSecondAttemptLeavesNothingOfTheFirst() async throws {
        let server = try FaultServer(
            .init(file: Array("short".utf8), lostFile: Array(repeating: UInt8(ascii: "x"), count: 1 << 20)))
        let job = try await GridTalk()
        // A connection that has served before, so that its end is worth another attempt.
        try await job.expect("MKDIR 0 - - \(server.url("/a/b/")) - ", "MKDIR 0 - SUCCESS \(server.url("/a/b/"))")
        #expect(try await job.copy(server.url("/a/b/f"), "file://\(job.local.path)/f").hasPrefix("CP 0 0 SUCCESS"))
        #expect(server.commands.count { $0.hasPrefix("RETR") } == 2)
        #expect(try job.local.read("f") == "short")
    }

    @Test func aFileGivenUpTakesNoMoreAndLeavesNothing() throws {
        let directory = try TemporaryDirectory()
        let file = try LocalDestination(directory.path + "/f", mode: 0o644)
        try withUnsafeBytes(of: UInt64.max) { try file.write($0, at: 0) }
        file.discard()
        // Gets the number of the file that was closed.
        let victim = try directory.write("victim", "precious")
        let descriptor = open(victim, O_RDWR)
        defer { close(descriptor) }
        try withUnsafeBytes(of: UInt64.max) { try file.write($0, at: 0) }
        #expect(try directory.read("victim") == "precious")
        #expect(try names(in: directory.path) == ["victim"])
    }

    @Test func anAttemptBeginsWithAnEmptyFile() throws {
        let directory = try TemporaryDirectory()
        let file = try LocalDestination(directory.path + "/f", mode: 0o644)
        for text in ["a long first attempt", "short"] {
            try file.beginAttempt()
            try Array(text.utf8).withUnsafeBytes { try file.write($0, at: 0) }
        }
        try file.commit()
        #expect(try directory.read("f") == "short")
    }

    @Test(arguments: [false, true])
    func aSourceThatShrinksMeanwhileIsAFailure(isSmall: Bool) async throws {
        let local = try TemporaryDirectory()
        let source = try local.write("source", Data(count: isSmall ? 8 << 20 : 64 << 20))
        let server = try FaultServer(
            .init(reply: { command in
                // Not even the first MB has left, and what has been read stays ahead of the sending by another.
                if command.hasPrefix("STOR") { truncate(source, 6 << 20) }
                return nil
            }))
        let job = try await GridTalk()
        let answer = try await job.copy("file://\(source)", server.url("/a/f"))
        #expect(answer.hasPrefix("CP 0 0 FAILURE cannot read \(source): it shrank from "), "\(answer)")
        try await job.expect("MKDIR 0 - - \(server.url("/a/b/")) - ", "MKDIR 0 - SUCCESS \(server.url("/a/b/"))")
    }
}
