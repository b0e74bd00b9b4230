import Foundation
import TestSupport
import Testing

/// What gwmad says and does when a driver fails: the exit status names the phase, the text the driver, the request and
/// the driver's own words; nothing stays behind.
@Suite struct FaultTests {
    private let stage: Stage

    init() throws { stage = try Stage() }

    struct Case: Sendable, CustomTestStringConvertible {
        var im = ""
        var tm = ""
        var em = ""
        let status: Int32
        let texts: [String]
        var testDescription: String { "\(im)\(tm)\(em)" }
    }

    @Test(arguments: [
        Case(
            im: "fault=init-failure", status: 121,
            texts: ["(IM_MAD mad_stand_in): INIT - - - -> FAILURE: no host list (stand-in)"]),
        Case(
            im: "fault=discover-failure", status: 121, texts: ["DISCOVER - - - -> FAILURE: no such server (stand-in)"]),
        Case(im: "fault=dies-at-discover", status: 121, texts: ["ended with status 3 instead of answering DISCOVER"]),
        Case(im: "fault=monitor-failure", status: 121, texts: ["host1.test: host unreachable (stand-in)"]),
        Case(im: "attributes=CPU_MHZ=2.5", status: 121, texts: ["gwd cannot read its attributes: syntax error"]),
        Case(im: "attributes=ARCH=\"x\"", status: 121, texts: ["host1.test has no LRMS_NAME"]),
        Case(em: "fault=init-failure", status: 120, texts: ["INIT 100000 - - -> FAILURE: proxy certificate not found"]),
        Case(em: "fault=init-dies", status: 120, texts: ["ended with status 7", "its stderr: no proxy, no driver"]),
        Case(
            em: "fault=banner", status: 120, texts: ["'Welcome to the driver'; gwd takes the first line for the answer"]
        ),
        Case(tm: "fault=init-failure", status: 120, texts: ["INIT 100000 - - - - -> FAILURE: no proxy (stand-in)"]),
        Case(
            tm: "fault=start-fails", status: 122,
            texts: ["(TM_MAD mad_stand_in): START ", "-> FAILURE: no slot (stand-in)"]),
        Case(tm: "fault=mkdir-fails", status: 122, texts: ["MKDIR ", "-> FAILURE: 553 Permission denied (stand-in)"]),
        Case(
            tm: "fault=cp-fails", status: 122,
            texts: ["CP ", "-> FAILURE: 451 disk full (stand-in)", "and 1 more copies failed"]),
        Case(
            em: "fault=submit-fails", status: 123,
            texts: ["(EM_MAD mad_stand_in): SUBMIT ", "-> FAILURE: the connection to the server failed"]),
        Case(
            em: "fault=callback-failure", status: 123,
            texts: ["CALLBACK ", "FAILURE: the executable does not exist (error 5)"]),
    ])
    func everyFailureNamesItsDriverRequestAndCause(_ fault: Case) async throws {
        let outcome = try await stage.conduct(im: fault.im, tm: fault.tm, em: fault.em)
        #expect(outcome.status == fault.status, "\(outcome.messages)")
        #expect(outcome.output == [])
        for text in fault.texts { #expect(outcome.messages.contains(text), "\(outcome.messages)") }
        #expect(stage.leftovers() == [])
    }

    @Test(arguments: [
        (tm: "fault=cp-silent", em: "", status: Int32(122), text: "no answer within 2.00 s"),
        (tm: "", em: "fault=submit-silent", status: 123, text: "SUBMIT "),
    ])
    func aDriverThatStaysSilentIsNotWaitedForForEver(_ fault: (tm: String, em: String, status: Int32, text: String))
        async throws
    {
        let outcome = try await stage.conduct(tm: fault.tm, em: fault.em, ["--timeout", "2"])
        #expect(outcome.status == fault.status, "\(outcome.messages)")
        #expect(outcome.messages.contains(fault.text), "\(outcome.messages)")
        #expect(outcome.messages.contains("gwd would wait for ever"))
    }

    @Test func initIsGivenGwdsFiveSeconds() async throws {
        let start = ContinuousClock.now
        let outcome = try await stage.conduct(tm: "fault=init-silent")
        #expect(outcome.status == 120)
        #expect(outcome.messages.contains("no answer within 5 s, where gwd gives up"))
        #expect(ContinuousClock.now - start < .seconds(9))
    }

    @Test func aCopyThatFailsOnceIsRepeatedWhenTriesAllow() async throws {
        let outcome = try await stage.conduct(tm: "fault=cp-fails-once", ["--tries", "2", "--pause", "0.05"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.messages.contains("451 disk full (stand-in); once more"))
    }

    @Test func aSubmissionThatFailsOnceIsRepeatedWhenTriesAllow() async throws {
        let outcome = try await stage.conduct(em: "fault=submit-fails-once", ["--tries", "3", "--pause", "0.05"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.output == ["hello"])
    }

    @Test func anExecutionDriverThatDiesIsStartedAgainAndRecoversTheJob() async throws {
        let outcome = try await stage.conduct(em: "fault=dies-midjob", ["--trace", "trace"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.output == ["hello"])
        #expect(try stage.home.read("trace").contains("RECOVER "))
    }

    @Test func aTransferDriverThatDiesIsStartedAgainAndThePhaseRepeated() async throws {
        let outcome = try await stage.conduct(tm: "fault=dies-at-cp")
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.messages.contains("starting it again, as gwd would"))
        #expect(outcome.output == ["hello"])
        #expect(stage.leftovers() == [])
    }

    @Test func threeFailedPollsEndTheJobForGwd() async throws {
        let outcome = try await stage.conduct(em: "fault=poll-failure", ["--poll", "0.1"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.messages.components(separatedBy: "connection refused (stand-in)").count == 4)
    }

    @Test func aMissingOutputIsToldAndChangesTheStatusOfASuccessfulJob() async throws {
        let lost = try await stage.conduct(["-o", "nothing"])
        #expect(lost.status == 124)
        #expect(lost.output == ["hello"])
        #expect(lost.messages.contains("cannot copy gsiftp://host1.test/~/.gw_"))
        #expect(try await stage.conduct(["-o", "nothing"], job: ["/bin/false"]).status == 1)
    }

    @Test(arguments: [
        (tm: "fault=blank-line", em: "", text: "a blank line: gwd processes its previous message again"),
        (tm: "fault=wrong-id", em: "", text: "answers nothing that was asked"),
        (tm: "fault=overlong", em: "", text: "gwd takes 65535 and reads the rest as another message"),
        (tm: "fault=control", em: "", text: "control character 9"),
        (tm: "", em: "fault=garbage", text: "begins with a word that gwd does not know"),
        (tm: "", em: "fault=garbage", text: "too short: gwd fills in the fields of its previous message"),
        (tm: "", em: "fault=garbage", text: "CALLBACK for job 999, which is not ours"),
        (tm: "", em: "fault=garbage", text: "'STAGEIN' is no state that gwd knows"),
        (tm: "fault=stays", em: "", text: "still running one second after FINALIZE"),
    ])
    func whatGwdWouldTripOverIsToldAsADefect(_ fault: (tm: String, em: String, text: String)) async throws {
        let outcome = try await stage.conduct(tm: fault.tm, em: fault.em)
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.output == ["hello"])
        #expect(outcome.messages.contains("driver defect: mad_stand_in ("))
        #expect(outcome.messages.contains(fault.text), "\(outcome.messages)")
    }

    @Test(arguments: zip([SIGINT, SIGTERM], [Int32(130), 143]))
    func anInterruptedJobIsCancelledAndCleanedUp(number: Int32, status: Int32) async throws {
        let tool = try stage.start(["run"] + stage.drivers() + ["--trace", "trace", "/bin/sleep", "60"])
        try await tool.wait(for: "active")
        tool.signal(number)
        #expect(try await tool.finish(within: .seconds(10)) == status)
        #expect(stage.leftovers() == [])
        let trace = try stage.home.read("trace")
        for verb in ["CANCEL", "RMDIR", "END", "FINALIZE"] { #expect(trace.contains("> \(verb) "), "\(verb)") }
    }

    @Test func theEndOfACancelledJobIsFoundByPollingToo() async throws {
        let tool = try stage.start(
            ["run"] + stage.drivers(em: "fault=poll-only") + ["--poll", "0.1", "/bin/sleep", "60"])
        try await tool.wait(for: "active")
        tool.signal(SIGINT)
        #expect(try await tool.finish(within: .seconds(10)) == 130)
        #expect(!tool.messages.contains("nothing tells the end"), "\(tool.messages)")
        #expect(stage.leftovers() == [])
    }

    @Test func aSecondInterruptEndsAtOnce() async throws {
        let tool = try stage.start(["run"] + stage.drivers(tm: "fault=cp-silent fault=end-silent") + ["/bin/true"])
        for text in ["stage in", "cleaning up"] {
            try await tool.wait(for: text)
            tool.signal(SIGINT)
        }
        #expect(try await tool.finish(within: .seconds(10)) == 130)
    }
}
