import Foundation
import TestSupport
import Testing

/// How connections are kept and shared.
@Suite struct PoolTests {
    @Test func aThousandCopiesShareAFewConnections() async throws {
        let server = try FaultServer()
        let job = try await GridTalk()
        let source = try job.local.write("small", "small")
        for number in 1...50 { try await job.expect("START \(number) - - - - ", "START \(number) - SUCCESS -") }
        for number in 0..<1000 {
            job.talk.say("CP \(number / 20 + 1) \(number % 20) - file://\(source) \(server.url("/f\(number)"))")
        }
        for _ in 0..<1000 { #expect(try await job.talk.hear("CP ").contains(" SUCCESS ")) }
        // Two or three on a fast machine; a slow one looks like a slow server, which gets more, up to the bound.
        #expect(server.connections <= 16)
    }

    @Test func slowFilesGetMoreConnectionsUpToTheBound() async throws {
        let server = try FaultServer(.init(delay: 700_000))
        let job = try await GridTalk(["--connections", "3"])
        let source = try job.local.write("small", "small")
        for number in 0..<9 { job.talk.say("CP 0 \(number) - file://\(source) \(server.url("/f\(number)"))") }
        for _ in 0..<9 { #expect(try await job.talk.hear("CP ").contains(" SUCCESS ")) }
        #expect(server.mostOpen == 3)
    }

    @Test func questionsDoNotWaitBehindLongFiles() async throws {
        let server = try FaultServer(.init(delay: 3_000_000))
        let job = try await GridTalk(["--connections", "1"])
        let source = try job.local.write("small", "small")
        try await job.expect("START 1 - - - - ", "START 1 - SUCCESS -")
        job.talk.say("CP 0 0 - file://\(source) \(server.url("/f"))")
        let start = ContinuousClock.now
        try await job.expect("MKDIR 1 - - \(server.url("/g/h/")) - ", "MKDIR 1 - SUCCESS \(server.url("/g/h/"))")
        #expect(ContinuousClock.now - start < .seconds(2))
    }

    @Test func aConnectionThatTheServerClosedIsReplacedUnseen() async throws {
        // USER PASS and a few settings, one command, and then the server hangs up at the next one.
        let server = try FaultServer(
            .init(reply: { $0.hasPrefix("NOOP") ? "421 tired\r\n" : nil }, commandsBeforeGoodbye: 8))
        let job = try await GridTalk()
        for number in 0..<30 {
            try await job.expect(
                "MKDIR 0 - - \(server.url("/a/\(number)/")) - ", "MKDIR 0 - SUCCESS \(server.url("/a/\(number)/"))")
        }
        #expect(server.connections > 1)
    }

    @Test func aDeadServerFailsEveryRequestAndHoldsNobodyUp() async throws {
        let job = try await GridTalk()
        let source = try job.local.write("small", "small")
        let start = ContinuousClock.now
        for number in 0..<100 { job.talk.say("CP 0 \(number) - file://\(source) gsiftp://localhost:1/~/\(number)") }
        for _ in 0..<100 { #expect(try await job.talk.hear("CP ").contains("Connection refused")) }
        #expect(ContinuousClock.now - start < .seconds(10))
    }

    @Test func hostsThatAreSilentDoNotHoldUpOthers() async throws {
        let pits = try (0..<24).map { _ in try FaultServer(.init(isSilent: true)) }
        let server = try FaultServer()
        let job = try await GridTalk(["--parallel", "40"])
        let source = try job.local.write("small", "small")
        for (number, pit) in pits.enumerated() {
            job.talk.say("CP 0 \(number) - file://\(source) gsiftp://localhost:\(pit.port)/~/f")
        }
        job.talk.say("CP 0 100 - file://\(source) \(server.url("/f"))")
        #expect(try await job.talk.hear("CP 0 100 ", within: .seconds(15)).contains(" SUCCESS "))
        #expect(!job.talk.transcript.contains { $0.hasPrefix("CP") && !$0.hasPrefix("CP 0 100 ") })
    }
}
