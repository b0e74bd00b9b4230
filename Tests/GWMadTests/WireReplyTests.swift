import MADKit
import Testing

@testable import gwmad

@Suite struct WireReplyTests {
    private func read(_ line: String, _ kind: DriverKind = .execution, _ limits: GWDLimits = .modern)
        -> (reply: WireReply?, defects: [String])
    {
        WireReply.read(Array(line.utf8), from: kind, limits: limits)
    }

    @Test(arguments: [
        (
            "SUBMIT 0 SUCCESS https://host1.test:40001/26033/1795171804/", DriverKind.execution,
            "https://host1.test:40001/26033/1795171804/"
        ),
        ("CALLBACK 0 SUCCESS DONE:3", .execution, "DONE:3"),
        ("TIMER - SUCCESS Credential is valid until Sun Feb 28", .execution, "Credential is valid until Sun Feb 28"),
        ("INIT - - SUCCESS gsiftp://client.test:2811", .transfer, "gsiftp://client.test:2811"),
        ("CP 0 4 SUCCESS (a->b)", .transfer, "(a->b)"),
        ("RMDIR 0 - FAILURE [Errno 2] No such file", .transfer, "[Errno 2] No such file"),
        ("DISCOVER - SUCCESS  h1.x.org h2.x.org", .information, "h1.x.org h2.x.org"),
        ("DISCOVER - SUCCESS", .information, "-"),
    ])
    func readsWhatDriversSaid(line: String, kind: DriverKind, info: String) {
        let (reply, defects) = read(line, kind)
        #expect(reply?.info == info)
        #expect(reply?.isSuccess == !line.contains("FAILURE"))
        #expect(defects == [])
    }

    @Test func keepsJobAndCopyApart() {
        #expect(read("CP 12 4 SUCCESS x", .transfer).reply?.key == .init(verb: "CP", number: 12, transfer: 4))
        #expect(read("END 12 - SUCCESS -", .transfer).reply?.key == .init(verb: "END", number: 12, transfer: nil))
    }

    @Test(arguments: [
        ("", "a blank line"), ("   ", "a blank line"), ("Debug text", "a word that gwd does not know"),
        ("POLL 0", "too short"), ("POLL x SUCCESS ACTIVE", "'x' is not a number"),
        ("POLL -1 SUCCESS ACTIVE", "not a number"),
    ])
    func whatIsNoReplyIsADefect(line: String, text: String) {
        let (reply, defects) = read(line)
        #expect(reply == nil)
        #expect(defects.contains { $0.contains(text) })
    }

    @Test(arguments: [
        ("POLL 0 SUCCESS", "no INFO"), ("SUBMIT 0 FAILED text", "neither SUCCESS nor FAILURE"),
        ("POLL 0 SUCCESS ACTIVE\r", "control character 13"), ("POLL 0 FAILURE a\tb", "control character 9"),
    ])
    func whatGwdMisreadsIsADefectAndStillAnAnswer(line: String, text: String) {
        let (reply, defects) = read(line)
        #expect(reply != nil)
        #expect(defects.contains { $0.contains(text) })
    }

    @Test func aResultThatIsNotSuccessFails() {
        #expect(read("SUBMIT 0 FAILED text").reply?.isSuccess == false)
    }

    @Test func lineAndInfoLimitsAreThoseOfTheRelease() {
        let text = "POLL 0 FAILURE " + String(repeating: "x", count: 600)
        #expect(read(text).defects == [])
        #expect(
            read(text, .execution, .buffersOf5_4).defects.contains { $0.contains("INFO of 600 bytes: gwd takes 499") })
        #expect(
            read("POLL 0 FAILURE " + String(repeating: "x", count: 70_000)).defects.contains {
                $0.contains("70015 bytes")
            })
    }
}
