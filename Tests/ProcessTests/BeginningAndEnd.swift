import Foundation
import TestSupport
import Testing

/// Contract 7 and 8: INIT, FINALIZE, end of input, signals.
@Suite struct BeginningAndEnd {
    private func start(_ arguments: [String] = [], _ family: String = "transfer") throws -> Talk {
        try Talk("mad_probe", Talk.Start(arguments, environment: ["MAD_PROBE": family]))
    }

    @Test func initTellsTheStagingURL() async throws {
        #expect(try await start(["-u gsiftp://h:2811"]).ask("INIT 5 - - - -") == "INIT - - SUCCESS gsiftp://h:2811")
    }

    @Test func aSecondInitIsFine() async throws {
        let talk = try start()
        _ = try await talk.ask("INIT 200 - - - -")
        #expect(try await talk.ask("INIT 200 - - - -") == "INIT - - SUCCESS -")
    }

    @Test func initAcceptsAnyNumberOfJobs() async throws {
        for number in ["-", "0", "200000", "many", ""] {
            #expect(try await start([], "execution").ask("INIT \(number) - -") == "INIT - SUCCESS -")
        }
    }

    @Test func aRequestBeforeInitFails() async throws {
        let talk = try start()
        #expect(try await talk.ask("CP 1 2 - a b") == "CP 1 2 FAILURE MAD not initialized")
        #expect(try await talk.ask("INIT - - - - -") == "INIT - - SUCCESS -")
    }

    @Test func requestsBehindInitWaitForIt() async throws {
        let talk = try start(["--begin sleep/300"])
        talk.say("INIT 200 - - - -\nINIT 200 - - - -\nSTART 1 - - - -\nCP 1 0 - a b")
        #expect(try await talk.hear() == "INIT - - SUCCESS -")
        #expect(try await talk.hear() == "INIT - - SUCCESS -")
        #expect(try await talk.hear() == "START 1 - SUCCESS -")
        #expect(try await talk.hear() == "CP 1 0 SUCCESS (a->b)")
    }

    @Test func aWrongOptionMakesInitFailWithTheCauseAndTheDriverEnd() async throws {
        let talk = try start(["-z", "5"])
        #expect(try await talk.ask("INIT 200 - - - -") == "INIT - - FAILURE mad_probe: unknown option '-z'")
        #expect(try await talk.finish(within: .seconds(2)) == 64)
    }

    @Test func aBeginningThatFailsSaysWhyOnTheWireAndOnStderr() async throws {
        let talk = try start(["--begin unreachable"])
        #expect(try await talk.ask("INIT 200 - - - -") == "INIT - - FAILURE no route to the job manager")
        #expect(try await talk.finish(within: .seconds(2)) == 69)
        #expect(talk.complaints.contains("no route to the job manager"))
    }

    @Test func aBeginningThatHangsIsAnsweredWithin4Seconds() async throws {
        let talk = try start(["--begin hang"])
        let started = ContinuousClock.now
        #expect(try await talk.ask("INIT 200 - - - -").hasPrefix("INIT - - FAILURE "))
        #expect(ContinuousClock.now - started < .seconds(20))
        #expect(try await talk.finish(within: .seconds(2)) != 0)
    }

    @Test func finalizeAnswersAndEndsWithinASecond() async throws {
        for (family, request, reply) in [
            ("transfer", "FINALIZE - - - - -", "FINALIZE - - SUCCESS -"),
            ("execution", "FINALIZE - - -", "FINALIZE - SUCCESS -"),
            ("information", "finalize", "FINALIZE - SUCCESS -"),
        ] {
            let talk = try start([], family)
            talk.say("INIT - - - - -")
            _ = try await talk.hear()
            let started = ContinuousClock.now
            #expect(try await talk.ask(request) == reply)
            #expect(try await talk.finish(within: .seconds(2)) == 0)
            #expect(ContinuousClock.now - started < .seconds(3))
        }
    }

    @Test func finalizeDuringInitAnswersInitAndWhatWaitsForIt() async throws {
        let talk = try start(["--begin sleep/2500"])
        talk.say("INIT - - - - -\nSTART 0 - - - -\nFINALIZE - - - - -")
        #expect(try await talk.finish(within: .seconds(3)) == 0)
        let reason = "FAILURE the driver is ending"
        #expect(talk.transcript == ["INIT - - \(reason)", "START 0 - \(reason)", "FINALIZE - - SUCCESS -"])
    }

    @Test func manyRequestsBehindASlowInitAllWaitForIt() async throws {
        let talk = try start(["--begin sleep/1000"])
        talk.say("INIT - - - - -")
        await talk.sendPatiently(Array((0..<20_000).map { "START \($0) - - - -\n" }.joined().utf8))
        talk.closeInput()
        #expect(try await talk.finish() == 0)
        #expect(talk.transcript.count == 20_001)
    }

    @Test func aSlowStagingURLIsInsideTheFourSeconds() async throws {
        let talk = try start(["-u probe:hang"])
        #expect(try await talk.ask("INIT 200 - - - -") == "INIT - - FAILURE the driver was not ready within 4 s")
    }

    @Test func aWrongOptionIsToldOnStderrEvenWithoutInit() async throws {
        let talk = try start(["--bogus"])
        talk.closeInput()
        #expect(try await talk.finish(within: .seconds(2)) == 64)
        #expect(talk.complaints.contains("unknown option '--bogus'"))
    }

    @Test func finalizeBeforeInitIsFine() async throws {
        let talk = try start()
        #expect(try await talk.ask("FINALIZE") == "FINALIZE - - SUCCESS -")
        #expect(try await talk.finish(within: .seconds(2)) == 0)
    }

    @Test func finalizeDoesNotWaitForWorkThatHangsAndAnswersItFirst() async throws {
        let talk = try start()
        talk.say("INIT - - - - -\nSTART 1 - - - -\nCP 1 0 - probe:hang b\nCP 1 1 - probe:sleep/100 b")
        _ = try await talk.hear("START")
        let started = ContinuousClock.now
        talk.say("FINALIZE - - - - -")
        #expect(try await talk.finish(within: .seconds(2)) == 0)
        #expect(ContinuousClock.now - started < .seconds(3))
        let rest = talk.transcript.suffix(3)
        #expect(rest.contains("CP 1 1 SUCCESS (probe:sleep/100->b)"))
        #expect(rest.contains { $0.hasPrefix("CP 1 0 FAILURE ") })
        #expect(rest.last == "FINALIZE - - SUCCESS -")
    }

    @Test func finalizeWithBothPipesClosedAtOnceEndsTheDriver() async throws {
        // What gwd really does: it writes FINALIZE and closes both ends.
        let script = "printf 'INIT - - - - -\\nFINALIZE - - - - -\\n' | \(Talk.executable("mad_probe").path) | true"
        let talk = try Talk("/bin/sh", Talk.Start(["-c", script]))
        #expect(try await talk.finish(within: .seconds(2)) == 0)
    }

    @Test func endOfInputLetsWorkInFlightAnswer() async throws {
        let talk = try start()
        talk.say("INIT - - - - -\nSTART 1 - - - -\nCP 1 0 - probe:sleep/1500 b")
        talk.closeInput()
        #expect(try await talk.finish(within: .seconds(5)) == 0)
        #expect(talk.transcript.last == "CP 1 0 SUCCESS (probe:sleep/1500->b)")
    }

    @Test func endOfInputLosesNoReplyToASlowReader() async throws {
        let script = """
            (printf 'INIT - - - - -\\nSTART 1\\n'; seq 0 2999 | sed 's/.*/CP 1 & - file:\\/\\/\\/home\\/in& gsiftp:\\/\\/h\\/in&/') \
            | \(Talk.executable("mad_probe").path) | (sleep 2; wc -l)
            """
        let talk = try Talk("/bin/sh", Talk.Start(["-c", script]))
        #expect(try await talk.finish(within: .seconds(30)) == 0)
        #expect(talk.transcript == ["3002"])
    }

    @Test func endOfInputInTheMiddleOfALineStillAnswersIt() async throws {
        let talk = try start()
        talk.send(Array("INIT - - - - -\nSTART 1".utf8))
        talk.closeInput()
        #expect(try await talk.finish(within: .seconds(5)) == 0)
        #expect(talk.transcript == ["INIT - - SUCCESS -", "START 1 - SUCCESS -"])
    }

    @Test func endOfInputWithStdoutClosedTooEndsWithinASecond() async throws {
        let probe = Talk.executable("mad_probe").path
        let script =
            "(printf 'INIT - - - - -\\nSTART 1\\nCP 1 0 - probe:sleep/20000 b\\n'; sleep 0.3) | \(probe) | sleep 0.2"
        let started = ContinuousClock.now
        let talk = try Talk("/bin/sh", Talk.Start(["-c", script], environment: ["MAD_PROBE": "transfer"]))
        #expect(try await talk.finish(within: .seconds(10)) == 0)
        #expect(ContinuousClock.now - started < .seconds(8))
    }

    @Test func aReaderThatWentAwayEndsTheDriver() async throws {
        let probe = Talk.executable("mad_probe").path
        let script =
            "(printf 'INIT - - - - -\\n'; sleep 0.3; printf 'START 1\\n'; sleep 20) | \(probe) | head -n1; exit 0"
        let talk = try Talk(
            "/bin/bash", Talk.Start(["-c", "set -m; \(script)"], environment: ["MAD_PROBE": "transfer"]))
        #expect(try await talk.hear() == "INIT - - SUCCESS -")
        try await Task.sleep(for: .milliseconds(1_300))
        #expect(!isRunning(childOf: talk.pid, named: "mad_probe"))
        kill(-talk.pid, SIGKILL)
        talk.signal(SIGKILL)
    }

    private func isRunning(childOf parent: Int32, named name: String) -> Bool {
        let children = (try? String(contentsOfFile: "/proc/\(parent)/task/\(parent)/children", encoding: .utf8)) ?? ""
        return children.split(separator: " ").contains { child in
            let status = (try? String(contentsOfFile: "/proc/\(child)/status", encoding: .utf8)) ?? ""
            return status.contains("Name:\t\(name)") && !status.contains("State:\tZ")
        }
    }

    @Test(arguments: [SIGTERM, SIGINT, SIGHUP])
    func aSignalEndsLikeFinalizeWithoutAReply(number: Int32) async throws {
        let talk = try start()
        _ = try await talk.ask("INIT - - - - -")
        talk.signal(number)
        #expect(try await talk.finish(within: .seconds(2)) == 0)
        #expect(talk.transcript == ["INIT - - SUCCESS -"])
    }

    @Test func helpAndVersionArePrintedAndNothingIsRead() async throws {
        let help = try start(["--help"])
        #expect(try await help.finish(within: .seconds(2)) == 0)
        #expect(help.transcript.contains { $0.contains("--staging") || $0.contains("-u, --url URL") })
        let version = try start(["--version"])
        #expect(try await version.finish(within: .seconds(2)) == 0)
        #expect(version.transcript.first?.hasPrefix("mad_probe ") == true)
    }
}
