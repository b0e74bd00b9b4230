import Foundation
import TestSupport
import Testing

/// MKDIR and RMDIR on a real server.
@Suite struct DirectoryTests {
    @Test func makingADirectoryThatIsThereAndEmptySucceeds() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.talk.ask("MKDIR 0 - - \(job.remote) - ") == "MKDIR 0 - SUCCESS \(job.remote)")
        let bare = String(job.remote.dropLast())
        #expect(try await job.talk.ask("MKDIR 0 - - \(bare) - ") == "MKDIR 0 - SUCCESS \(bare)")
        try await job.finish()
    }

    @Test func makingADirectoryThatIsNotEmptyOrAFileFailsAndNamesIt() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.copy("file:///etc/hostname", job.remote + "f").hasPrefix("CP 0 0 SUCCESS"))
        #expect(
            try await job.talk.ask("MKDIR 0 - - \(job.remote) - ")
                == "MKDIR 0 - FAILURE \(job.remote) exists and is not empty")
        #expect(
            try await job.talk.ask("MKDIR 0 - - \(job.remote)f - ")
                == "MKDIR 0 - FAILURE \(job.remote)f exists and is not a directory")
        #expect(try await job.talk.ask("MKDIR 0 - - \(job.remote)no/such/ - ").contains("No such file or directory"))
        try await job.finish()
    }

    @Test func removingADirectoryTakesEverythingInItAndNothingBehindItsLinks() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.talk.ask("MKDIR 0 - - \(job.remote)outside - ").contains("SUCCESS"))
        #expect(try await job.talk.ask("MKDIR 0 - - \(job.remote)in - ").contains("SUCCESS"))
        #expect(try await job.talk.ask("MKDIR 0 - - \(job.remote)in/sub - ").contains("SUCCESS"))
        for name in ["outside/precious", "in/sub/f", "in/.hidden"] {
            #expect(try await job.copy("file:///etc/hostname", job.remote + name).hasPrefix("CP 0 0 SUCCESS"))
        }
        let files = FileManager.default
        try Data().write(to: URL(fileURLWithPath: job.path + "/in/a name with blanks"))
        for (link, target) in [("in/out", "../outside"), ("in/sub/up", "../.."), ("in/dangling", "nowhere"), ("in/self", ".")] {
            try files.createSymbolicLink(atPath: job.path + "/" + link, withDestinationPath: target)
        }
        #expect(try await job.talk.ask("RMDIR 0 - - \(job.remote)in/ - ") == "RMDIR 0 - SUCCESS -")
        #expect(try names(in: job.path) == ["outside"])
        #expect(try names(in: job.path + "/outside") == ["precious"])
        try await job.finish()
    }

    @Test func removingALinkToADirectoryRemovesTheLink() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.talk.ask("MKDIR 0 - - \(job.remote)real - ").contains("SUCCESS"))
        #expect(try await job.copy("file:///etc/hostname", job.remote + "real/f").hasPrefix("CP 0 0 SUCCESS"))
        try FileManager.default.createSymbolicLink(atPath: job.path + "/link", withDestinationPath: "real")
        #expect(try await job.talk.ask("RMDIR 0 - - \(job.remote)link/ - ") == "RMDIR 0 - SUCCESS -")
        #expect(try names(in: job.path) == ["real"])
        #expect(try names(in: job.path + "/real") == ["f"])
        try await job.finish()
    }

    @Test func removingAFileAsADirectoryFails() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.copy("file:///etc/hostname", job.remote + "f").hasPrefix("CP 0 0 SUCCESS"))
        #expect(try await job.talk.ask("RMDIR 0 - - \(job.remote)f - ") == "RMDIR 0 - FAILURE not a directory: \(job.remote.dropLast())/f")
        try await job.finish()
    }

    @Test(arguments: ["/", "//", "", "/~", "/~/", "/~/./", "/~/..", "/~/a/../..", "/home", "/tmp/", "/tmp/./", "/home/../x/y", "/~root/"])
    func rootsAndHomesAreNeverRemoved(path: String) async throws {
        let job = try await GridTalk()
        let answer = try await job.talk.ask("RMDIR 0 - - \(job.grid["TESTBED_GSIFTP"])\(path) - ")
        #expect(answer.hasPrefix("RMDIR 0 - FAILURE "))
        #expect(answer.contains(" is not removed: "))
    }

    @Test func aDirectoryThatTheServerWillNotTouchIsNamedWithTheServersWords() async throws {
        let job = try await GridTalk()
        let answer = try await job.talk.ask("MKDIR 0 - - \(job.grid["TESTBED_GSIFTP"])/proc/nothing/ - ")
        #expect(answer.hasPrefix("MKDIR 0 - FAILURE No such file or directory"))
        #expect(answer.contains("/proc/nothing/"))
    }
}
