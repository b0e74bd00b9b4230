import Foundation
import TestSupport
import Testing

/// A server that dies comes back; a driver that ends leaves none behind.
@Suite struct TheServerLivesAsLongAsItsDriver {
    @Test func aKilledServerIsBackOnItsPortWithAllItsGrants() async throws {
        let staging = try await StagingTalk()
        // Far more grants than a pipe holds.
        for job in 0..<60 {
            if job > 0 { try await staging.begin(job) }
            for copy in 0..<20 {
                let file = try staging.folder.write("elsewhere/file-\(job)-\(copy)", "text\n")
                staging.talk.say("CP \(job) \(copy) - file://\(file) \(staging.directory(job))\(copy)")
            }
        }
        for _ in 0..<1_200 { #expect(try await staging.talk.hear("CP ").contains(" SUCCESS ")) }
        let file = staging.path("elsewhere/file-59-19")
        #expect(try await staging.fetch(file) == "text\n")
        for _ in 0..<3 {
            let old = try await staging.server()
            kill(old, SIGKILL)
            try await StagingTalk.waitForEnd(of: old)
            // As the wrapper of a job does.
            let result = try await staging.run(
                "for pause in 1 2 4 8 0; do globus-url-copy '\(staging.url)\(file)' file:///dev/stdout && break; "
                    + "sleep $pause; done 2>/dev/null")
            #expect(result.text == "text\n")
            #expect(try await staging.server() != old)
        }
        #expect(staging.talk.complaints.contains("starting it again on its port"))
        try await staging.finish()
    }

    @Test func aServerThatHangsHoldsUpNoRequestAndNoEnd() async throws {
        let staging = try await StagingTalk()
        let server = try await staging.server()
        kill(server, SIGSTOP)
        let source = try staging.folder.write("in", "x")
        for copy in 0..<3_000 { staging.talk.say("CP 0 \(copy) - file://\(source) \(staging.directory(0))\(copy)") }
        for _ in 0..<3_000 { #expect(try await staging.talk.hear("CP ").contains(" SUCCESS ")) }
        for job in 1..<600 {
            staging.talk.say("START \(job) - - - - ")
            staging.talk.say("CP \(job) 0 - file://\(source) \(staging.directory(job))in")
        }
        for _ in 1..<600 { #expect(try await staging.talk.hear("CP ").contains(" SUCCESS ")) }
        try await staging.finish()
        try await StagingTalk.waitForEnd(of: server)
    }

    private enum End: CaseIterable { case finalize, endOfInput, term, kill }

    @Test(arguments: End.allCases) private func nothingIsLeftBehind(end: End) async throws {
        let staging = try await StagingTalk()
        let server = try await staging.server()
        #expect(StagingTalk.isAlive(server))
        // A client in the middle of something keeps nothing alive.
        let caller = try Caller(staging.port)
        caller.say([22, 3, 1, 2, 0, 1])
        switch end {
        case .finalize: staging.talk.say("FINALIZE - - - - -")
        case .endOfInput: staging.talk.closeInput()
        case .term: staging.talk.signal(SIGTERM)
        case .kill: staging.talk.signal(SIGKILL)
        }
        #expect(try await staging.talk.finish() == (end == .kill ? 128 + SIGKILL : 0))
        try await StagingTalk.waitForEnd(of: server)
        // The port closes with the last thread, a moment after the process counts as ended.
        let deadline = ContinuousClock.now + .seconds(20)
        while (try? Caller(staging.port)) != nil, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        #expect(throws: (any Error).self) { try Caller(staging.port) }
    }

    @Test func theServerIsIdleWhenNobodyAsks() async throws {
        let staging = try await StagingTalk()
        #expect(try await staging.fetch("/no/such/file") == nil)
        let server = try await staging.server()
        #expect(
            try await Processes.comeToRest([staging.talk.pid, server], pause: .seconds(1), rounds: 20),
            "the driver or its server never rests")
    }
}
