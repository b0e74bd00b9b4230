import TestSupport
import Testing

/// One reply for each request, whatever the far side does, with the reason in it.
@Suite struct IndexesFail {
    @Test(arguments: [
        "entities", "quadratic", "external", "subset", "deep", "large", "wide", "attributes", "garbage", "truncated",
    ])
    func whatMeansHarmIsRefused(kind: String) async throws {
        let index = try await Index(
            "{\"rules\": [{\"on\": \"QueryResourceProperties\", \"do\": \"hostile\", \"kind\": \"\(kind)\", \"times\": 1}]}"
        )
        let talk = try await index.driver("--gt 4.0")
        #expect(try await index.monitor(talk).hasPrefix("MONITOR 4 FAILURE "))
        #expect(try await index.attributes(talk).values["LRMS_NAME"] == .text("PBS"))
    }

    @Test(arguments: ["drop", "lose", "cut"]) func aLostConnectionIsTold(way: String) async throws {
        let index = try await Index("{\"rules\": [{\"on\": \"*\", \"do\": \"\(way)\"}]}")
        let reply = try await index.monitor(try await index.driver())
        #expect(reply.hasPrefix("MONITOR 4 FAILURE "))
        #expect(reply.contains(index.container.port), "the reply names the server: \(reply)")
    }

    @Test func aSilentIndexIsNamedAtTheDeadline() async throws {
        let index = try await Index(#"{"rules": [{"on": "*", "do": "stall"}]}"#)
        let reply = try await index.monitor(try await index.driver("--timeout 2"))
        #expect(reply.hasPrefix("MONITOR 4 FAILURE "))
        #expect(reply.contains(index.container.port), "\(reply)")
    }

    @Test func faultsAreTheirDescriptions() async throws {
        let index = try await Index(Index.answering(with: "mds-bad-query.http"))
        let talk = try await index.driver("--gt 4.0")
        let reply = try await index.monitor(talk)
        #expect(reply.hasPrefix("MONITOR 4 FAILURE "))
        #expect(reply.contains("Expected ], but found: ]"), "\(reply)")
        try await index.container.set(Index.answering(with: "mds-no-service.http"))
        #expect(try await index.monitor(talk).contains("could not find a target service"))
    }

    @Test func aServerOfAnotherNameIsNotBelieved() async throws {
        let index = try await Index(options: ["--address", "127.0.0.9"])
        let reply = try await index.monitor(try await index.driver(), "127.0.0.9")
        #expect(reply.contains("not for 127.0.0.9"), "\(reply)")
    }

    @Test func aServerOfAnUnknownAuthorityIsNotBelieved() async throws {
        let index = try await Index()
        let reply = try await index.monitor(
            try await index.driver(environment: ["X509_CERT_DIR": index.directory.path]))
        #expect(reply.contains("is not trusted"), "\(reply)")
    }

    @Test func whoHasAProxyShowsIt() async throws {
        let index = try await Index()
        let talk = try await index.driver(environment: ["X509_USER_PROXY": index.grid["X509_USER_PROXY"]])
        #expect(try await index.attributes(talk).values["LRMS_NAME"] == .text("PBS"))
        #expect(try await index.container.counts()["proxy"] ?? 0 > 0)
    }

    @Test func anExpiredProxyIsLeftAtHome() async throws {
        let index = try await Index()
        let file = "\(index.directory.path)/expired.pem"
        try await Testbed.run(["proxy", "--expired", file])
        let talk = try await index.driver(environment: ["X509_USER_PROXY": file])
        #expect(try await index.attributes(talk).values["LRMS_NAME"] == .text("PBS"))
        #expect(try await index.container.counts()["proxy"] == nil)
    }

    @Test func textsOfTheIndexCannotForgeAttributes() async throws {
        let index = try await Index(
            #"""
            {"index": {"host": {"OperatingSystem": {"Name": "Linux\" LRMS_NAME=\"evil\nMONITOR 4 SUCCESS", "Release": "\u0085x"},
              "Architecture": {"SMPSize": "4 QUEUE_NAME[9]=x"}},
              "queues": [{"Name": "q", "Status": "\" QUEUE_NODECOUNT[0]=9 X=\""}, {"Name": "r\" QUEUE_NAME[8]=\"x"}]}}
            """#)
        let attributes = try await index.attributes(try await index.driver())
        #expect(attributes.values["LRMS_NAME"] == .text("PBS"))
        #expect(attributes.values["QUEUE_NODECOUNT[0]"] == .integer(0))
        for number in [1, 8, 9] { #expect(attributes.values["QUEUE_NAME[\(number)]"] == nil) }
        #expect(attributes.values["X"] == nil)
    }
}
