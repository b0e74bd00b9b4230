import TestSupport
import Testing

/// Every request that the driver sends, against the official schemas and bindings.
@Suite struct RequestsAreValid {
    @Test(
        .enabled(
            if: CheckServer.isThere,
            "the official schemas are not in ../shared/wsrf (or WSRF_REFERENCE); golden messages are checked all the same"
        ),
        arguments: ["4.0", "4.2"])
    func theOfficialSchemasTakeEveryRequest(gt: String) async throws {
        let testbed = try await Testbed.shared()
        // Each question moves a job one step on; the long one is to stay active.
        let states = ["Unsubmitted", "Pending"] + Array(repeating: "Active", count: 1_000)
        let server = try await CheckServer(gt: gt, on: testbed, options: ["--states", states.joined(separator: ",")])
        let folder = try TemporaryDirectory()
        // Nobody has published what the delegation service of GT 4.2 calls a renewal.
        let conversation = Conversation(
            testbed: testbed, gt: gt, contact: server.address + "/Fork", folder: folder, isRenewing: gt == "4.0")
        let talk = try await conversation.carryOut { server.accepted.contains("SetTerminationTime") }
        talk.say("FINALIZE - - -")
        #expect(try await talk.finish() == 0)
        #expect(server.rejections == [])
        #expect(server.remarks == [])
        let operations: Set = [
            "createManagedJob", "GetMultipleResourceProperties", "GetResourceProperty", "RequestSecurityToken",
            "Subscribe",
            "SetTerminationTime",
        ]
        #expect(
            server.accepted.isSuperset(of: operations.union(gt == "4.0" ? ["Destroy", "refresh"] : ["terminate"])),
            "\(server.accepted)")
    }

    @Test(
        .enabled(
            if: CheckServer.isThere,
            "the official schemas are not in ../shared/wsrf (or WSRF_REFERENCE)"),
        arguments: ["4.0", "4.2"])
    func theDialectIsFoundByASingleStrangeQuestion(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let server = try await CheckServer(gt: gt, on: grid.testbed)
        let talk = try await grid.driver("--delegation none")
        let contact = try await talk.submit(0, to: server.address + "/Fork", try grid.job("true"))
        #expect(contact.hasSuffix("#gt\(gt)"))
        try await talk.hear("DONE", of: 0)
        #expect(server.rejections.count == (gt == "4.0" ? 1 : 0), "\(server.rejections)")
    }
}
