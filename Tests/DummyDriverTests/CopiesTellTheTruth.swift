import Foundation
import TestSupport
import Testing

/// The answers to CP, START and the rest, though nothing is moved.
@Suite struct CopiesTellTheTruth {
    @Test func theConversationOfAJobIsAnsweredAsGwdExpects() async throws {
        let staging = try await StagingTalk()
        let source = try staging.folder.write("in", "x")
        let copy = "file://\(source) \(staging.directory(0))in"
        #expect(
            try await staging.talk.ask("CP 0 7 X \(copy)")
                == "CP 0 7 SUCCESS (\(copy.replacingOccurrences(of: " ", with: "->")))")
        #expect(try await staging.talk.ask("CP 0 8") == "CP 0 8 FAILURE Not enough parameters.")
        #expect(try await staging.talk.ask("EXISTS 0 - - \(staging.directory(0)) - ") == "EXISTS 0 - SUCCESS -")
        #expect(try await staging.talk.ask("EXISTS 0 - - file://\(source) - ") == "EXISTS 0 - SUCCESS -")
        #expect(try await staging.talk.ask("EXISTS 0 - - file:///nope - ").hasPrefix("EXISTS 0 - FAILURE "))
        #expect(try await staging.talk.ask("END 0 - - - - ") == "END 0 - SUCCESS -")
        #expect(try await staging.talk.ask("END 0 - - - - ").hasPrefix("END 0 - FAILURE "))
        #expect(try await staging.talk.ask("WHAT 0 - - - -").hasPrefix("WHAT 0 - FAILURE "))
        try await staging.finish()
        #expect(staging.talk.transcript.last == "FINALIZE - - SUCCESS -")
    }

    @Test func aSourceThatNoJobCouldFetchIsAFailureWithItsPath() async throws {
        let staging = try await StagingTalk()
        #expect(
            try await staging.stageIn("/no/such/file")
                == "CP 0 0 FAILURE the job cannot fetch /no/such/file: No such file or directory")
        #expect(
            try await staging.stageIn(staging.path("home"))
                == "CP 0 0 FAILURE the job cannot fetch \(staging.path("home")): not a regular file")
        guard geteuid() != 0 else { return }
        let closed = try staging.folder.write("closed", "x")
        chmod(closed, 0)
        #expect(try await staging.stageIn(closed).hasSuffix("\(closed): Permission denied"))
    }

    @Test func aFileOfAnotherServerIsNotOurs() async throws {
        let staging = try await StagingTalk()
        let reply = try await staging.talk.ask("CP 0 3 - gsiftp://far.test/x \(staging.directory(0))x")
        #expect(reply == "CP 0 3 SUCCESS (gsiftp://far.test/x->\(staging.directory(0))x)")
    }

    @Test func aResultThatDidNotComeIsAFailureAndOneThatCameIsReadable() async throws {
        let staging = try await StagingTalk()
        let result = staging.path("gw/var/0/stdout.wrapper.0")
        let line = "CP 0 0 - \(staging.directory(0))stdout.wrapper file://\(result)"
        #expect(
            try await staging.talk.ask(line)
                == "CP 0 0 FAILURE the job has not brought \(result): No such file or directory")
        try staging.folder.write("gw/var/0/stdout.wrapper.0", "EXIT_STATUS=0\n")
        chmod(result, 0o600)
        #expect(try await staging.talk.ask(line).hasPrefix("CP 0 0 SUCCESS "))
        #expect(try mode(of: result) == 0o644)
    }

    @Test func withoutAServerOnlyTheSourcesAreChecked() async throws {
        let talk = try Talk("gw_tm_mad_dummy", .init([""]))
        #expect(try await talk.ask("INIT 200 - - - -") == "INIT - - SUCCESS -")
        #expect(try await talk.ask("START 0 - - - - ") == "START 0 - SUCCESS -")
        #expect(try await talk.ask("CP 0 0 - gsiftp://h/~/o file:///no/such/o").hasPrefix("CP 0 0 SUCCESS "))
        #expect(try await talk.ask("CP 0 1 - file:///no/such/i gsiftp://h/~/i").hasPrefix("CP 0 1 FAILURE "))
        #expect(try await talk.ask("CP 0 2 - file://far.test/i gsiftp://h/~/i").hasPrefix("CP 0 2 FAILURE "))
    }

    @Test func manyRequestsAtOnceAreAllAnswered() async throws {
        let staging = try await StagingTalk()
        let source = try staging.folder.write("in", "x")
        for job in 0..<100 { staging.talk.say("START \(job) - - - - ") }
        for job in 0..<100 {
            for copy in 0..<40 {
                staging.talk.say("CP \(job) \(copy) - file://\(source) \(staging.directory(job))\(copy)")
            }
        }
        for job in 0..<100 { #expect(try await staging.talk.hear("START \(job) ") == "START \(job) - SUCCESS -") }
        for _ in 0..<4_000 { #expect(try await staging.talk.hear("CP ").contains(" SUCCESS ")) }
        #expect(try await staging.fetch(source) == "x")
    }
}

/// The permissions of a file.
func mode(of path: String) throws -> Int {
    try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
}
