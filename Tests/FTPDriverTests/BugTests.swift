import Foundation
import TestSupport
import Testing

/// Bugs of GridWay's own GridFTP driver, each by its name: none of them is left.
@Suite struct BugTests {
    @Test func shortLinesWereDroppedWithoutAReply() async throws {
        let job = try await GridTalk()
        let lines = [
            "CP 0": "CP 0 - FAILURE", "CP 0 3 -": "CP 0 3 FAILURE", "MKDIR 0 -": "MKDIR 0 - FAILURE",
            "RMDIR 0": "RMDIR 0 - FAILURE", "EXISTS 0 - - - -": "EXISTS 0 - FAILURE", "START": "START - - FAILURE",
            "CP 0 1 - file:///etc/hostname -": "CP 0 1 FAILURE",
        ]
        for (line, answer) in lines { #expect(try await job.ask(line).hasPrefix(answer)) }
    }

    @Test func jobNumbersIndexedThePoolUnchecked() async throws {
        let job = try await GridTalk()
        for number in ["500", "200", "99999", "2147483647", "2147483648", "-1", "abc"] {
            let requests = [
                "END \(number) - - - - ", "MKDIR \(number) - - gsiftp://localhost:1/~/x/ - ",
                "CP \(number) 0 - file:///a gsiftp://localhost:1/~/b",
            ]
            for request in requests { #expect(try await job.ask(request).contains(" FAILURE ")) }
        }
        #expect(try await job.copy("file:///etc/hostname", "file://\(job.local.path)/x").hasPrefix("CP 0 0 SUCCESS"))
    }

    @Test func requestsBeforeINITCrashed() async throws {
        let grid = try await Testbed.shared()
        let talk = try Talk("gw_tm_mad_ftp", .grid(grid))
        #expect(try await talk.ask("CP 0 0 - file:///a gsiftp://b/c") == "CP 0 0 FAILURE MAD not initialized")
        #expect(try await talk.ask("INIT 200 - - - -") == "INIT - - SUCCESS -")
    }

    @Test func aCopyWithoutStartWasAnsweredWithoutItsTransferNumber() async throws {
        let job = try await GridTalk()
        #expect(
            try await job.ask("CP 7 12 - file:///etc/hostname gsiftp://localhost:1/~/x").hasPrefix("CP 7 12 FAILURE "))
    }

    /// What a server may list, with the deletions that must follow where they matter.
    struct Listing: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let deletions: [String]?

        init(_ description: String, _ text: String, deletions: [String]? = nil) {
            testDescription = description
            self.text = text
            self.deletions = deletions
        }
    }

    @Test(arguments: [
        Listing("a name of 5,000 bytes", "Type=file;Size=1; " + String(repeating: "n", count: 5000) + "\r\n"),
        Listing("a column too few", "Type=file\r\n"),
        Listing(
            "a name with blanks", "Type=file; a name with  blanks \r\n", deletions: ["DELE /a/job/a name with  blanks"]),
        Listing("a link", "Type=OS.unix=slink:/etc; link\r\n", deletions: ["DELE /a/job/link"]),
        Listing("no newline at the end", "Type=file; last", deletions: ["DELE /a/job/last"]),
        Listing("the form of ls", "-rw-r--r-- 1 u g 5 Jan 1 00:00 " + String(repeating: "x", count: 400) + "\r\n"),
        Listing("empty lines", "\r\n\r\n"),
        Listing("empty facts", ";;;;; x\r\n"),
        Listing("20,000 files", String(repeating: "Type=file; f\r\n", count: 20_000)),
    ])
    func listingsOverflowedBuffersAndLostLinksBlanksAndTheLastLine(listing: Listing) async throws {
        let server = try FaultServer(
            .init(
                reply: { command in
                    if command.hasPrefix("RMD") { return "550 Directory not empty\r\n" }
                    return command.hasPrefix("MLST") ? "250-facts\r\n Type=dir; /a/job\r\n250 end\r\n" : nil
                },
                listing: { _ in Array(listing.text.utf8) }))
        let job = try await GridTalk()
        #expect(try await job.ask("RMDIR 0 - - \(server.url("/a/job/")) - ").hasPrefix("RMDIR 0 - FAILURE "))
        let deleted = server.commands.filter { $0.hasPrefix("DELE ") }
        if let deletions = listing.deletions { #expect(deleted == deletions) }
        #expect(try await job.copy("file:///etc/hostname", "file://\(job.local.path)/x").hasPrefix("CP 0 0 SUCCESS"))
    }

    @Test func aFailureInsideRMDIRLostTheReply() async throws {
        let server = try FaultServer(
            .init(reply: { command in
                if command.hasPrefix("RMD") { return "550 Directory not empty\r\n" }
                if command.hasPrefix("MLST") { return "250-facts\r\n Type=dir; /a/job\r\n250 end\r\n" }
                return command.hasPrefix("MLSD") ? "451 the disk is on fire\r\n" : nil
            }))
        let job = try await GridTalk()
        let answer = try await job.ask("RMDIR 0 - - \(server.url("/a/job/")) - ")
        #expect(answer.hasPrefix("RMDIR 0 - FAILURE the disk is on fire"))
        #expect(answer.contains(server.url("/a/job")))
    }

    @Test func endDestroyedAHandleThatWasStillInUse() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        let source = try job.local.write("source", Data(count: 3 << 20))
        for _ in 0..<15 {
            for number in 0..<8 { job.talk.say("CP 0 \(number) - file://\(source) \(job.remote)f\(number)") }
            job.talk.say("END 0 - - - - ")
            #expect(try await job.talk.hear("END 0") == "END 0 - SUCCESS -")
            try await job.expect("START 0 - - - - ", "START 0 - SUCCESS -")
        }
        #expect(job.talk.transcript.filter { $0.hasPrefix("CP ") }.count == 15 * 8)
        try await job.finish()
    }

    @Test func executablesWereMade0766() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        #expect(try await job.copy("file:///etc/hostname", job.remote + "x", mode: "X").hasPrefix("CP 0 0 SUCCESS"))
        #expect(try mode(of: job.path + "/x") == 0o755)
        #expect(
            try await job.copy(job.remote + "x", "file://\(job.local.path)/x", mode: "X").hasPrefix("CP 0 0 SUCCESS"))
        #expect(try mode(of: job.local.path + "/x") == 0o755)
        try await job.finish()
    }

    @Test func directoryOperationsSharedStateWithTheCopiesOfTheirJob() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        let source = try job.local.write("source", Data(count: 100_000))
        // Written without waiting for any answer: the lane of the job keeps the order.
        for number in 0..<20 { job.talk.say("CP 0 \(number) - file://\(source) \(job.remote)\(number)") }
        job.talk.say("RMDIR 0 - - \(job.remote) - ")
        job.talk.say("MKDIR 0 - - \(job.remote) - ")
        for number in 20..<40 { job.talk.say("CP 0 \(number) - file://\(source) \(job.remote)\(number)") }
        for number in 0..<40 { #expect(try await job.talk.hear("CP 0 \(number) ").contains(" SUCCESS ")) }
        #expect(try await job.talk.hear("RMDIR") == "RMDIR 0 - SUCCESS -")
        #expect(try await job.talk.hear("MKDIR") == "MKDIR 0 - SUCCESS \(job.remote)")
        #expect(try names(in: job.path).count == 20)
        try await job.finish()
    }

    @Test func oneCopysErrorAppearedInTheReplyOfAnother() async throws {
        let job = try await GridTalk()
        job.talk.say("CP 0 0 - file:///etc/hostname gsiftp://localhost:1/~/x")
        job.talk.say("CP 0 1 - file:///etc/hostname gsiftp://nosuchhost.invalid/~/x")
        job.talk.say("CP 0 2 - file:///nonexistent gsiftp://localhost:1/~/x")
        #expect(try await job.talk.hear("CP 0 0 ").contains("Connection refused"))
        #expect(try await job.talk.hear("CP 0 1 ").contains("nosuchhost.invalid"))
        #expect(try await job.talk.hear("CP 0 2 ").contains("cannot read /nonexistent"))
    }

    @Test func nothingHadATimeLimit() async throws {
        let pit = try FaultServer(.init(isSilent: true))
        let job = try await GridTalk(["--timeout", "2"])
        for request in [
            "RMDIR 0 - - \(pit.url("/a/b/")) - ", "MKDIR 0 - - \(pit.url("/a/b/")) - ",
            "EXISTS 0 - - \(pit.url("/a/b/")) - ",
        ] {
            #expect(try await job.ask(request, within: .seconds(10)).hasSuffix("no answer within 2 s"))
        }
        #expect(try await job.ask("END 0 - - - - ", within: .seconds(4)) == "END 0 - SUCCESS -")
    }
}
