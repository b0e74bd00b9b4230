import GRAM
import MADKit
import Testing

@testable import gw_em_mad_prews

/// GRAM's states in gwd's words.
@Suite struct StatesAreMapped {
    @Test func noStateBecomesUnknown() {
        let states: [(JobReport.State, JobState?)] = [
            (.unsubmitted, .pending), (.stageIn, .pending), (.pending, .pending), (.active, .active),
            (.stageOut, .active), (.suspended, .suspended), (.done, .done(exitCode: nil)),
        ]
        for (state, expected) in states { #expect(JobReport(contact: "", state: state).jobState == expected) }
    }

    @Test func theExitCodeIsKept() {
        #expect(JobReport(contact: "", state: .done, exitCode: 3).jobState == .done(exitCode: 3))
    }

    @Test func aFailureHasItsReason() {
        let failure = GRAMError(code: 5, text: "the executable does not exist")
        #expect(
            JobReport(contact: "", state: .failed, failure: failure).jobState
                == .failed(reason: "the executable does not exist (GRAM error 5)"))
    }

    @Test func whatTheUserCancelledIsCancelled() {
        #expect(JobReport(contact: "", state: .failed, failure: GRAMError(code: 8, text: "")).jobState == .cancelled)
    }

    @Test(arguments: [Int32(130), 131]) func aJobManagerThatStopsSaysNothingOfItsJob(code: Int32) {
        #expect(JobReport(contact: "", state: .failed, failure: GRAMError(code: code, text: "")).jobState == nil)
    }
}
