import TestSupport
import Testing

/// Every request that the driver sends, to the letter.
@Suite struct RequestsAreGolden {
    @Test(arguments: ["4.0", "4.2"]) func everyRequestIsAGoldenMessage(gt: String) async throws {
        let record = try TemporaryDirectory()
        let grid = try await WSGrid(gt, ["--record", record.path])
        let conversation = Conversation(testbed: grid.testbed, gt: gt, contact: grid.fork, folder: grid.folder)
        let talk = try await conversation.carryOut {
            try await grid.container.counts()["SetTerminationTime"] ?? 0 > 0
        }
        let golden = try GoldenMessages(gt: gt) { !$0.hasPrefix("Query") }.texts
        _ = try await eventually {
            try Set(GoldenMessages.recorded(in: record.path).values).isSuperset(of: golden.values)
        }
        talk.say("FINALIZE - - -")
        #expect(try await talk.finish() == 0)
        let recorded = try GoldenMessages.recorded(in: record.path)
        for (name, text) in recorded {
            #expect(golden.values.contains(text), "\(name) is not among them: \(text)")
        }
        for (name, text) in golden {
            #expect(recorded.values.contains(text), "\(name) was not sent")
        }
    }
}
