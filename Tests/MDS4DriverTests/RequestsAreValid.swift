import TestSupport
import Testing

/// The two questions that the driver asks, in both dialects.
@Suite struct RequestsAreValid {
    @Test(arguments: ["4.0", "4.2"]) func everyRequestIsAGoldenMessage(gt: String) async throws {
        let record = try TemporaryDirectory()
        let index = try await Index(gt: gt, options: ["--record", record.path])
        let talk = try await index.driver("--gt \(gt) -s \(index.host)")
        #expect(try await talk.ask("DISCOVER - - -").hasPrefix("DISCOVER - SUCCESS "))
        _ = try await index.attributes(talk)
        let golden = try GoldenMessages(gt: gt) { $0.hasPrefix("Query") }.texts
        let recorded = try GoldenMessages.recorded(in: record.path)
        #expect(Set(recorded.values) == Set(golden.values))
    }

    @Test(
        .enabled(
            if: CheckServer.isThere,
            "the official schemas are not in ../shared/wsrf (or WSRF_REFERENCE); golden messages are checked all the same"
        ),
        arguments: ["4.0", "4.2"])
    func theOfficialSchemasTakeEveryRequest(gt: String) async throws {
        let index = try await Index(gt: gt)
        let server = try await CheckServer(gt: gt, on: index.grid, options: ["--anonymous"])
        let talk = try await index.driver("--gt \(gt) -s \(index.host):\(server.port)")
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS \(index.host)")
        #expect(try await index.monitor(talk).contains("is empty"))
        #expect(server.rejections == [])
        #expect(server.remarks == [])
        #expect(server.accepted == ["QueryResourceProperties"])
    }
}
