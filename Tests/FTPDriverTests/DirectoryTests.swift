import Foundation
import TestSupport
import Testing

/// MKDIR and RMDIR on a real server.
@Suite struct DirectoryTests {
    @Test func makingADirectoryThatIsThereAndEmptySucceeds() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        try await job.expect("MKDIR 0 - - \(job.remote) - ", "MKDIR 0 - SUCCESS \(job.remote)")
        let bare = String(job.remote.dropLast())
        try await job.expect("MKDIR 0 - - \(bare) - ", "MKDIR 0 - SUCCESS \(bare)")
        try await job.finish()
    }

    @Test func makingADirectoryThatIsNotEmptyOrAFileFailsAndNamesIt() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.copy("file:///etc/hostname", job.remote + "f").hasPrefix("CP 0 0 SUCCESS"))
        try await job.expect("MKDIR 0 - - \(job.remote) - ", "MKDIR 0 - FAILURE \(job.remote) exists and is not empty")
        try await job.expect(
            "MKDIR 0 - - \(job.remote)f - ", "MKDIR 0 - FAILURE \(job.remote)f exists and is not a directory")
        #expect(try await job.ask("MKDIR 0 - - \(job.remote)no/such/ - ").contains("No such file or directory"))
        try await job.finish()
    }

    @Test func removingADirectoryTakesEverythingInItAndNothingBehindItsLinks() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.ask("MKDIR 0 - - \(job.remote)outside - ").contains("SUCCESS"))
        #expect(try await job.ask("MKDIR 0 - - \(job.remote)in - ").contains("SUCCESS"))
        #expect(try await job.ask("MKDIR 0 - - \(job.remote)in/sub - ").contains("SUCCESS"))
        for name in ["outside/precious", "in/sub/f", "in/.hidden"] {
            #expect(try await job.copy("file:///etc/hostname", job.remote + name).hasPrefix("CP 0 0 SUCCESS"))
        }
        let files = FileManager.default
        try Data().write(to: URL(fileURLWithPath: job.path + "/in/a name with blanks"))
        for (link, target) in [
            ("in/out", "../outside"), ("in/sub/up", "../.."), ("in/sub/back", "../.hidden"), ("in/self", "."),
        ] {
            try files.createSymbolicLink(atPath: job.path + "/" + link, withDestinationPath: target)
        }
        try await job.expect("RMDIR 0 - - \(job.remote)in/ - ", "RMDIR 0 - SUCCESS -")
        #expect(try names(in: job.path) == ["outside"])
        #expect(try names(in: job.path + "/outside") == ["precious"])
        try await job.finish()
    }

    @Test func whatTheServerHidesIsReportedAsADirectoryThatIsNotEmpty() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        // The Globus server lists no link that leads nowhere, in no listing.
        try FileManager.default.createSymbolicLink(atPath: job.path + "/dangling", withDestinationPath: "nowhere")
        let answer = try await job.ask("RMDIR 0 - - \(job.remote) - ")
        #expect(answer.hasPrefix("RMDIR 0 - FAILURE Directory not empty") && answer.contains(job.remote.dropLast()))
        try FileManager.default.removeItem(atPath: job.path + "/dangling")
        try await job.finish()
    }

    @Test func removingALinkToADirectoryRemovesTheLink() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.ask("MKDIR 0 - - \(job.remote)real - ").contains("SUCCESS"))
        #expect(try await job.copy("file:///etc/hostname", job.remote + "real/f").hasPrefix("CP 0 0 SUCCESS"))
        try FileManager.default.createSymbolicLink(atPath: job.path + "/link", withDestinationPath: "real")
        try await job.expect("RMDIR 0 - - \(job.remote)link/ - ", "RMDIR 0 - SUCCESS -")
        #expect(try names(in: job.path) == ["real"])
        #expect(try names(in: job.path + "/real") == ["f"])
        try await job.finish()
    }

    @Test func removingAFileAsADirectoryFails() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.copy("file:///etc/hostname", job.remote + "f").hasPrefix("CP 0 0 SUCCESS"))
        try await job.expect(
            "RMDIR 0 - - \(job.remote)f - ", "RMDIR 0 - FAILURE not a directory: \(job.remote.dropLast())/f")
        try await job.finish()
    }

    @Test func rootsAndHomesAreNeverRemoved() async throws {
        let job = try await GridTalk()
        let paths = [
            "/", "//", "", "/~", "/~/", "/~/./", "/~/..", "/~/a/../..", "/home", "/tmp/", "/tmp/./", "/home/../x/y",
            "/~root/", "/root", "/root/", "/home/", "/home/someone", "/home/someone/", "//home//./someone/", "/Users/x",
            "/export/home", "/export/home/someone/", "/usr/none", "/var/none/", "/etc/none/",
        ]
        for path in paths {
            let answer = try await job.ask("RMDIR 0 - - \(job.grid["TESTBED_GSIFTP"])\(path) - ")
            #expect(answer.hasPrefix("RMDIR 0 - FAILURE "))
            #expect(answer.contains(" is not removed: "))
        }
    }

    @Test func aDirectoryThatTheServerWillNotTouchIsNamedWithTheServersWords() async throws {
        let job = try await GridTalk()
        let answer = try await job.ask("MKDIR 0 - - \(job.grid["TESTBED_GSIFTP"])/proc/nothing/ - ")
        #expect(answer.hasPrefix("MKDIR 0 - FAILURE No such file or directory"))
        #expect(answer.contains("/proc/nothing/"))
    }
}
