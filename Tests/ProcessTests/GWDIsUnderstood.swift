import Foundation
import TestSupport
import Testing

/// Recorded requests of a real gwd (`Tests/Fixtures/gwd`), played to a driver of each family: each gets one reply with its
/// own verb and numbers.
@Suite struct GWDIsUnderstood {
    private static let recordings = [
        "array-of-100", "checkpoint-stop-resume", "copies-fail", "gwd-restarted", "one-good-job", "poll-and-cancel",
        "pre-wrapper", "submissions-fail",
    ]

    @Test(arguments: recordings, [("im_", "information"), ("tm_", "transfer"), ("em_", "execution")])
    func everyRequestGetsItsReply(recording: String, family: (prefix: String, name: String)) async throws {
        for (driver, requests) in try requests(of: recording, family.prefix) {
            let talk = try Talk("mad_probe", Talk.Start(environment: ["MAD_PROBE": family.name]))
            for request in requests {
                let words = request.split(separator: " ")
                let verb = words[0]
                // gwd reads the answer to INIT before it goes on, and END calls off what is not answered yet.
                talk.say(request)
                let isNumbered = verb != "INIT" && verb != "FINALIZE" && verb != "DISCOVER"
                var head = "\(verb) \(isNumbered ? words[1] : "-") "
                if family.name == "transfer" { head += verb == "CP" ? "\(words[2]) " : "- " }
                let reply = try await talk.hear(head)
                #expect(reply.hasPrefix(head + "SUCCESS "), "\(driver) \(request)")
            }
            let replies = talk.transcript.filter { !$0.hasPrefix("CALLBACK") && !$0.hasPrefix("TIMER") }
            #expect(replies.count == requests.count)
            if requests.last?.hasPrefix("FINALIZE") == true { #expect(try await talk.finish() == 0) }
        }
    }

    /// The requests to each driver whose name begins with `prefix`, in order.
    private func requests(of recording: String, _ prefix: String) throws -> [String: [String]] {
        let file = Testbed.root.appendingPathComponent("Tests/Fixtures/gwd/\(recording).txt")
        var result: [String: [String]] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard parts.count == 3, parts[0].hasPrefix(prefix), parts[1] == ">" else { continue }
            result[parts[0], default: []].append(String(parts[2].dropLast()))
        }
        return result
    }
}
