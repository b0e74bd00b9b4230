import TestSupport
import Testing

/// Contract 9 and 10: deadlines, order within a job, parallelism across jobs, calling off.
@Suite struct WorkIsOrderedAndBounded {
    private func transfer(_ arguments: [String] = []) async throws -> Talk {
        let talk = try Talk("mad_probe", Talk.Start(arguments, environment: ["MAD_PROBE": "transfer"]))
        _ = try await talk.ask("INIT 200 - - - -")
        return talk
    }

    @Test func requestsOfAJobAreWorkedOnInOrder() async throws {
        let talk = try await transfer()
        talk.say("START 1\nRMDIR 1 - - probe:sleep/150 -\nMKDIR 1 - - probe:sleep/10 -\nCP 1 0 - a b\nEXISTS 1 - - x -")
        var verbs: [Substring] = []
        for _ in 0..<5 { verbs.append(try await talk.hear().split(separator: " ")[0]) }
        #expect(verbs == ["START", "RMDIR", "MKDIR", "CP", "EXISTS"])
    }

    @Test func copiesOfOneJobRunBesideEachOther() async throws {
        let talk = try await transfer()
        let started = ContinuousClock.now
        talk.say("START 1")
        for id in 0..<10 { talk.say("CP 1 \(id) - probe:sleep/500 b") }
        for _ in 0..<11 { _ = try await talk.hear() }
        #expect(ContinuousClock.now - started < .seconds(3))
        #expect(try await talk.ask("EXISTS 1 - - most -") == "EXISTS 1 - FAILURE most 10")
    }

    @Test func noMoreThanTheBoundRunAtOnce() async throws {
        let talk = try await transfer(["--parallel 3"])
        talk.say("START 1")
        for id in 0..<12 { talk.say("CP 1 \(id) - probe:sleep/50 b") }
        for _ in 0..<13 { _ = try await talk.hear() }
        #expect(try await talk.ask("EXISTS 1 - - most -") == "EXISTS 1 - FAILURE most 3")
    }

    @Test func aJobWithManyCopiesDoesNotHoldUpAnotherOne() async throws {
        let talk = try await transfer(["--parallel 2"])
        let copies = (0..<100).map { "CP 1 \($0) - probe:sleep/50 b\n" }.joined()
        talk.say("START 1\nSTART 2\n\(copies)CP 2 0 - a b")
        _ = try await talk.hear("CP 2 0 SUCCESS")
        let earlier = talk.transcript.prefix { !$0.hasPrefix("CP 2 0") }
        #expect(earlier.count < 12)
    }

    @Test func shortRequestsDoNotWaitBehindCopies() async throws {
        let talk = try await transfer(["--parallel 1"])
        talk.say("START 1\nSTART 2\nCP 1 0 - probe:sleep/5000 b\nCP 1 1 - probe:sleep/5000 b\nMKDIR 2 - - x -")
        _ = try await talk.hear("MKDIR 2 - SUCCESS", within: .seconds(3))
    }

    @Test func startAndEndDoNotWaitBehindDirectoriesOfOtherJobs() async throws {
        let talk = try await transfer()
        talk.say((0..<60).map { "START \($0)\nMKDIR \($0) - - probe:sleep/20000 -" }.joined(separator: "\n"))
        talk.say("START 99")
        _ = try await talk.hear("START 99 - SUCCESS", within: .seconds(10))
        talk.say("END 99")
        _ = try await talk.hear("END 99 - SUCCESS", within: .seconds(5))
    }

    @Test func endCallsOffRunningAndWaitingCopiesAndAnswersThemFirst() async throws {
        let talk = try await transfer(["--parallel 2"])
        talk.say("START 1")
        for id in 0..<5 { talk.say("CP 1 \(id) - probe:sleep/20000 b") }
        _ = try await talk.hear("START")
        let started = ContinuousClock.now
        talk.say("END 1")
        for _ in 0..<5 { #expect(try await talk.hear().hasPrefix("CP 1 ")) }
        #expect(try await talk.hear() == "END 1 - SUCCESS -")
        #expect(ContinuousClock.now - started < .seconds(3))
        #expect(Set(talk.transcript).count == 8)
    }

    @Test func endIsAnsweredBehindEveryWaitingCopy() async throws {
        let talk = try await transfer(["--parallel 1"])
        for round in 0..<10 {
            talk.say("START \(round)\nCP \(round) 500 - probe:sleep/20000 b")
            _ = try await talk.hear("START")
            talk.say((0..<200).map { "CP \(round) \($0) - a b" }.joined(separator: "\n") + "\nEND \(round)")
            for _ in 0..<201 { #expect(try await talk.hear().hasPrefix("CP \(round) ")) }
            #expect(try await talk.hear() == "END \(round) - SUCCESS -")
        }
    }

    @Test func aCopyThatEndCalledOffSaysFailureEvenIfItComesThrough() async throws {
        let talk = try await transfer()
        talk.say("START 1\nCP 1 0 - probe:block/4 b")
        _ = try await talk.hear("START")
        talk.say("END 1")
        #expect(try await talk.hear().hasPrefix("CP 1 0 FAILURE cancelled"))
        #expect(try await talk.hear() == "END 1 - SUCCESS -")
        #expect(talk.transcript.count == 4)
    }

    @Test func startOnAnOpenJobBeginsItAnew() async throws {
        let talk = try await transfer()
        talk.say("START 1\nCP 1 0 - probe:sleep/20000 b")
        _ = try await talk.hear("START")
        talk.say("START 1\nCP 1 0 - a b")
        #expect(try await talk.hear().hasPrefix("CP 1 0 FAILURE "))
        #expect(try await talk.hear() == "START 1 - SUCCESS -")
        #expect(try await talk.hear() == "CP 1 0 SUCCESS (a->b)")
    }

    @Test func endCannotBeHeldUpByACopyThatDoesNotListen() async throws {
        let talk = try await transfer()
        talk.say("START 1\nCP 1 0 - probe:hang b")
        _ = try await talk.hear("START")
        talk.say("END 1")
        _ = try await talk.hear("CP 1 0 FAILURE", within: .seconds(1))
        #expect(try await talk.hear(within: .seconds(6)) == "END 1 - SUCCESS -")
    }

    @Test func anOperationThatHangsFailsAtItsDeadlineNamingWhatItWas() async throws {
        let talk = try await transfer(["--timeout 1"])
        talk.say("START 1\nCP 1 3 - probe:hang gsiftp://h/b")
        _ = try await talk.hear("START")
        let reply = try await talk.hear(within: .seconds(3))
        #expect(reply == "CP 1 3 FAILURE CP probe:hang -> gsiftp://h/b: no answer within 1 s")
        #expect(try await talk.ask("MKDIR 1 - - x -") == "MKDIR 1 - SUCCESS x")
    }

    @Test func operationsThatHangGiveTheirPlacesBack() async throws {
        let talk = try await transfer(["--timeout 1 --parallel 2"])
        talk.say("START 1")
        for id in 0..<6 { talk.say("CP 1 \(id) - probe:hang b") }
        talk.say("CP 1 6 - a b")
        _ = try await talk.hear("CP 1 6 SUCCESS", within: .seconds(6))
        for id in 0..<6 { _ = try await talk.hear("CP 1 \(id) FAILURE", within: .seconds(3)) }
    }

    @Test func aCopyThatMakesProgressIsNotTimedOut() async throws {
        let talk = try await transfer(["--timeout 1"])
        _ = try await talk.ask("START 1")
        #expect(try await talk.ask("CP 1 0 - probe:alive/25 b") == "CP 1 0 SUCCESS (probe:alive/25->b)")
    }

    @Test func aRemovalThatMakesProgressIsNotTimedOut() async throws {
        let talk = try await transfer(["--timeout 1"])
        _ = try await talk.ask("START 1")
        #expect(try await talk.ask("RMDIR 1 - - probe:alive/25 -") == "RMDIR 1 - SUCCESS -")
    }

    @Test func aSlowQuestionOfAnInformationDriverHasADeadlineToo() async throws {
        let talk = try Talk("mad_probe", Talk.Start(["--timeout 1"], environment: ["MAD_PROBE": "information"]))
        _ = try await talk.ask("INIT - - -")
        talk.say("MONITOR 3 hang -\nMONITOR 4 fine -")
        #expect(try await talk.hear().hasPrefix("MONITOR 4 SUCCESS HOSTNAME=\"fine\""))
        #expect(try await talk.hear() == "MONITOR 3 FAILURE MONITOR hang: no answer within 1 s")
    }
}
