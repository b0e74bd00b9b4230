import Foundation
import TestSupport
import Testing

/// Clients that say nothing, too much, half of it or something else: the next one is served all the same.
@Suite struct HostileClients {
    /// A server that still gives out a file.
    private func expectService(_ staging: StagingTalk, at place: SourceLocation = #_sourceLocation) async throws {
        let file = try staging.folder.write("gw/var/0/file", "still here\n")
        let server = try await staging.server()
        #expect(try await staging.fetch(file) == "still here\n", sourceLocation: place)
        #expect(try await staging.server() == server && server > 0, sourceLocation: place)
    }

    @Test(arguments: ["-g", "-i"]) func hundredsOfSilentClientsHoldUpNobody(option: String) async throws {
        let staging = try await StagingTalk(option)
        let silent = try (0..<300).map { _ in try Caller(staging.port) }
        let start = ContinuousClock.now
        try await expectService(staging)
        #expect(ContinuousClock.now - start < .seconds(15))
        withExtendedLifetime(silent) {}
    }

    @Test func clientsThatStopInTheMiddleHoldUpNobody() async throws {
        let staging = try await StagingTalk()
        let slow = try (0..<60).map { _ in try Caller(staging.port) }
        // The first bytes of a TLS record that never ends.
        for caller in slow { caller.say([22, 3, 1, 2, 0, 1]) }
        let start = ContinuousClock.now
        try await expectService(staging)
        #expect(ContinuousClock.now - start < .seconds(15))
        withExtendedLifetime(slow) {}
    }

    @Test(arguments: [("-g", [22, 3, 1, 2, 0]), ("-i", [71, 69, 84])] as [(String, [UInt8])])
    func moreHalfBegunConversationsThanPlacesHoldUpNobody(option: String, beginning: [UInt8]) async throws {
        let staging = try await StagingTalk(option)
        let slow = try (0..<200).map { _ in try Caller(staging.port) }
        for caller in slow { caller.say(beginning) }
        let start = ContinuousClock.now
        try await expectService(staging)
        // A handshake may take twenty seconds.
        #expect(ContinuousClock.now - start < .seconds(12))
        withExtendedLifetime(slow) {}
    }

    @Test func strangersTakeNoPlaceOfOneWhoIsServed() async throws {
        let staging = try await StagingTalk("-i")
        let file = staging.path("gw/var/0/stdout.slow")
        let served = try Caller(staging.port)
        served.say("POST /globus-bins/GASSappend?\(file) HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nte")
        let deadline = ContinuousClock.now + .seconds(20)
        while (try? staging.folder.read("gw/var/0/stdout.slow")) != "te", ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(5))
        }
        let slow = try (0..<200).map { _ in try Caller(staging.port) }
        for caller in slow { caller.say("GET") }
        try await expectService(staging)
        served.say("xt")
        served.end()
        #expect(await served.hear().hasPrefix("HTTP/1.1 200 "))
        #expect(try staging.folder.read("gw/var/0/stdout.slow") == "text")
        withExtendedLifetime(slow) {}
    }

    @Test func whatIsNoHandshakeEndsTheConnection() async throws {
        let staging = try await StagingTalk()
        for bytes: [UInt8] in [
            Array("GET / HTTP/1.1\r\n\r\n".utf8), [22, 3, 1, 255, 255] + Array(repeating: 0, count: 65_535),
            [22, 3, 3, 0, 4, 1, 0, 0, 0], [0x80, 0x2e, 1, 3, 1], [23, 3, 3, 0, 0],
            (0..<5_000).map { _ in UInt8.random(in: 0...255) },
        ] {
            let caller = try Caller(staging.port)
            caller.say(bytes)
            caller.end()
            _ = await caller.hear()
        }
        try await expectService(staging)
    }

    @Test(arguments: [
        ("NONSENSE\r\n\r\n", 400), ("BREW /x HTTP/1.1\r\n\r\n", 501), ("GET x HTTP/1.1\r\n\r\n", 400),
        ("GET /x\u{0}y HTTP/1.1\r\n\r\n", 400), ("POST /x HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", 404),
        ("PUT /x HTTP/1.1\r\n\r\n", 411), ("PUT /x HTTP/1.1\r\nContent-Length: -1\r\n\r\n", 400),
        ("PUT /x HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
        ("PUT /x HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        ("PUT /x HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
        ("GET /x HTTP/1.1\r\nno colon\r\n\r\n", 400), ("GET /no/such/file HTTP/1.1\r\n\r\n", 404),
        ("GET /dev/zero HTTP/1.1\r\n\r\n", 403), ("GET /etc/passwd HTTP/1.1\r\n\r\n", 403),
        ("PUT /etc/mad-test HTTP/1.1\r\nContent-Length: 1\r\n\r\nx", 403),
    ]) func whatIsNoRequestIsToldSo(request: String, status: Int) async throws {
        let staging = try await StagingTalk("-i")
        #expect(try await Caller.ask(staging.port, request).hasPrefix("HTTP/1.1 \(status) "))
        try await expectService(staging)
    }

    @Test func anOverlongHeadIsRefused() async throws {
        let staging = try await StagingTalk("-i")
        let caller = try Caller(staging.port)
        caller.say("GET /" + String(repeating: "x", count: 200_000))
        #expect(await caller.hear().hasPrefix("HTTP/1.1 431 "))
        try await expectService(staging)
    }

    @Test(arguments: ["zz\r\n", "-1\r\nx\r\n", "1\r\nxx\r\n", "\r\n", "ffffffffffffffffff\r\n"])
    func brokenChunksAreRefused(chunks: String) async throws {
        let staging = try await StagingTalk("-i")
        let file = staging.path("gw/var/0/stdout.chunks")
        let reply = try await Caller.ask(
            staging.port, "PUT \(file) HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\(chunks)0\r\n\r\n")
        #expect(reply.hasPrefix("HTTP/1.1 400 "))
        #expect(!FileManager.default.fileExists(atPath: file))
    }

    @Test func aBodyThatNobodyAskedForIsNoSecondRequest() async throws {
        let staging = try await StagingTalk("-i")
        let file = try staging.folder.write("gw/var/0/file", "text\n")
        let inner = "GET \(file) HTTP/1.1\r\n\r\n"
        let reply = try await Caller.ask(
            staging.port, "GET \(file) HTTP/1.1\r\nContent-Length: \(inner.utf8.count)\r\n\r\n\(inner)")
        #expect(reply.components(separatedBy: "HTTP/1.1 ").count == 2, "\(reply)")
    }

    @Test func aRefusedUploadIsAnsweredWhileItStillComes() async throws {
        let staging = try await StagingTalk("-i")
        let size = 8 << 20
        let caller = try Caller(staging.port)
        caller.say("PUT /etc/mad-test HTTP/1.1\r\nContent-Length: \(size)\r\n\r\n")
        caller.say([UInt8](repeating: 0, count: size))
        #expect(await caller.hear().hasPrefix("HTTP/1.1 403 "))
    }

    @Test func descriptorsAreGivenBack() async throws {
        let staging = try await StagingTalk("-i")
        let file = try staging.folder.write("gw/var/0/stdout.file", "text\n")
        try await expectService(staging)
        let server = try await staging.server()
        func count() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: "/proc/\(server)/fd").count }
        let before = try count()
        for _ in 0..<30 {
            for request in [
                "GET \(file) HTTP/1.1\r\n\r\n", "GET \(file)x HTTP/1.1\r\n\r\n", "GET /etc HTTP/1.1\r\n\r\n",
                "PUT \(file) HTTP/1.1\r\nContent-Length: 5\r\n\r\nte",
                "PUT /etc/x HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
                "PUT \(file) HTTP/1.1\r\nContent-Length: 5\r\n\r\ntext\n",
                "PUT \(staging.path("gw/var/0")) HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
                "POST /globus-bins/GASSappend?/etc/passwd HTTP/1.1\r\nContent-Length: 1\r\n\r\nx",
            ] { _ = try await Caller.ask(staging.port, request) }
        }
        let deadline = ContinuousClock.now + .seconds(20)
        while try count() > before, ContinuousClock.now < deadline { try await Task.sleep(for: .milliseconds(10)) }
        #expect(try count() <= before)
    }
}
