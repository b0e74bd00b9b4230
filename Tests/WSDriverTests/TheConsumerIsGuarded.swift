import Foundation
import Glibc
import TestSupport
import Testing

/// Who may tell the driver something, and what the others can do.
@Suite struct TheConsumerIsGuarded {
    /// A driver with a job that runs, and what its container was told about the driver.
    private struct Scene {
        let grid: WSGrid
        let container: WebServicesContainer
        let talk: Talk
        let consumer: Consumer

        init(_ gt: String, _ options: String = "", _ environment: [String: String] = [:]) async throws {
            grid = try await WSGrid(gt)
            let records = try TemporaryDirectory()
            container = try await WebServicesContainer(gt: gt, on: grid.testbed, options: ["--record", records.path])
            talk = try await grid.driver("--delegation none --poll-interval 600 " + options, environment)
            _ = try await talk.submit(0, to: "\(container.address)/Fork", try grid.job("sleep 300"))
            try await talk.hear("ACTIVE", of: 0)
            consumer = try #require(try Consumer(recordedIn: records, gt: gt))
        }

        func post(_ text: String, _ options: String) async throws -> String {
            try await consumer.post(text, options, from: grid.folder)
        }

        /// The credential of the driver's user, as curl wants it.
        func own() async throws -> String { "--cert '\(try await grid.credential(as: "own"))'" }
    }

    @Test(arguments: ["4.0", "4.2"]) func strangersAndForgeriesAreRefused(gt: String) async throws {
        let scene = try await Scene(gt)
        let done = scene.consumer.notification("Done", exitCode: 9)
        #expect(try await scene.post(done, "") == "000")
        let foreign = scene.grid.folder.path + "/foreign"
        try await Testbed.run(["credential", "foreign", foreign])
        #expect(try await scene.post(done, "--cert '\(foreign)'") == "000")
        // Trusted, and with the right key: but neither the container nor the user.
        let other = scene.grid.folder.path + "/other"
        try await Testbed.run(["credential", "other", other])
        #expect(try await scene.post(done, "--cert '\(other)'") == "403")
        // The container itself, without the key.
        let place = scene.grid.testbed["TESTBED_DIR"]
        let host = "--cert '\(place)/users/host-cert.pem' --key '\(place)/users/host-key.pem'"
        let forged = scene.consumer.notification("Done", exitCode: 9, key: UUID().uuidString.lowercased())
        #expect(try await scene.post(forged, host) == "404")
        #expect(try await scene.talk.hear("POLL", after: "POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
        #expect(!scene.talk.transcript.contains { $0.contains("DONE") })
        // The same from those who may.
        #expect(try await scene.post(scene.consumer.notification("Suspended"), host) == "200")
        #expect(try await scene.post(done, try await scene.own() + " -H 'Expect: 100-continue'") == "200")
        #expect(try await scene.talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:9")
    }

    /// Without a fault a failure may be an end that somebody ordered, or one whose reason got lost; without its exit code
    /// an end is none.
    @Test(arguments: ["4.0", "4.2"]) func whatANotificationLeavesOpenIsAskedFor(gt: String) async throws {
        let scene = try await Scene(gt)
        let own = try await scene.own()
        let before = try await scene.container.counts()["GetMultipleResourceProperties"] ?? 0
        #expect(try await scene.post(scene.consumer.notification("Failed"), own) == "200")
        #expect(
            try await eventually {
                try await scene.container.counts()["GetMultipleResourceProperties", default: 0] > before
            })
        #expect(try await scene.talk.hear("POLL", after: "POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
        #expect(!scene.talk.transcript.contains { $0.contains("FAILED") })
    }

    @Test func requestsThatAreNoneAreRefused() async throws {
        let scene = try await Scene("4.2")
        let own = try await scene.own()
        let large = String(repeating: "x", count: 300 << 10)
        #expect(try await scene.post(large, own) == "413")
        #expect(try await scene.post(large, own + " -H 'Transfer-Encoding: chunked'") == "413")
        #expect(try await scene.post("no document", own) == "400")
        let bomb = "<!DOCTYPE a [<!ENTITY b 'c'>]>" + scene.consumer.notification("Done")
        #expect(try await scene.post(bomb, own) == "400")
        #expect(try await scene.post("", own + " -X GET") == "405")
        let long = String(repeating: "y", count: 20_000)
        #expect(try await scene.post("", own + " -H 'X: \(long)'") == "431")
        #expect(try await scene.talk.hear("POLL", after: "POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
    }

    @Test func aClientThatNeverComesToAnEndIsGivenUp() async throws {
        let scene = try await Scene("4.2")
        let started = ContinuousClock.now
        let slow = try await scene.own() + " --limit-rate 1000"
        #expect(try await scene.post(String(repeating: "x", count: 200 << 10), slow) == "000")
        // curl itself would wait for 30 s.
        #expect(ContinuousClock.now - started < .seconds(29))
    }

    @Test func silentAndSlowClientsBlockNobody() async throws {
        let scene = try await Scene("4.2")
        // More than there are places; each says the beginning of a greeting.
        var clients: [Int32] = []
        defer { clients.forEach { close($0) } }
        for _ in 0..<200 {
            let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            clients.append(client)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(scene.consumer.port).bigEndian
            address.sin_addr.s_addr = in_addr_t(INADDR_LOOPBACK).bigEndian
            let code = withUnsafeBytes(of: &address) {
                connect(client, $0.baseAddress?.assumingMemoryBound(to: sockaddr.self), socklen_t($0.count))
            }
            try #require(code == 0)
            let greeting: [UInt8] = [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]
            #expect(send(client, greeting, greeting.count, 0) == greeting.count)
        }
        let started = ContinuousClock.now
        #expect(try await scene.post(scene.consumer.notification("Done"), try await scene.own()) == "200")
        try await scene.talk.hear("DONE:0", of: 0)
        #expect(ContinuousClock.now - started < .seconds(15))
    }

    @Test(arguments: ["", "--legacy-tls"]) func oldTLSIsServedOnRequestOnly(option: String) async throws {
        let scene = try await Scene("4.0", option)
        let old = " --tlsv1.0 --tls-max 1.0 --ciphers ALL:@SECLEVEL=0"
        let status = try await scene.post(scene.consumer.notification("Done"), try await scene.own() + old)
        #expect(status == (option.isEmpty ? "000" : "200"))
    }

    @Test func thePortComesFromTheRange() async throws {
        let port = Int.random(in: 20_000..<32_000)
        let range = ["GLOBUS_TCP_PORT_RANGE": "\(port),\(port + 3)"]
        let scene = try await Scene("4.0", "", range)
        #expect((port...port + 3).contains(scene.consumer.port))
        #expect(scene.consumer.url.hasPrefix("https://\(scene.grid.testbed["GLOBUS_HOSTNAME"]):"))
        // Full: whoever insists is told, anybody else asks.
        let full = ["GLOBUS_TCP_PORT_RANGE": "\(scene.consumer.port),\(scene.consumer.port)"]
        func answer(_ options: String, _ range: [String: String]) async throws -> String {
            let talk = try Talk(
                "gw_em_mad_ws", .init([options], environment: scene.grid.testbed.variables.merging(range) { $1 }))
            return try await talk.ask("INIT 200 - -")
        }
        let refusal = try await answer("--notifications on", full)
        #expect(refusal.hasPrefix("INIT - FAILURE ") && refusal.contains("port \(scene.consumer.port)"))
        #expect(try await answer("--notifications auto", full) == "INIT - SUCCESS -")
        #expect(
            try await answer("--notifications on", ["GLOBUS_TCP_PORT_RANGE": "many"]).contains(
                "GLOBUS_TCP_PORT_RANGE is 'many'"))
        #expect(try await answer("--notifications maybe", [:]).contains("option --notifications: 'maybe'"))
    }

    /// Without a name from the administrator, the address is told from which the container is reached.
    @Test func theAddressIsTheOneOnTheWayToTheContainer() async throws {
        let scene = try await Scene("4.2", "", ["GLOBUS_HOSTNAME": ""])
        let host = try #require(URLComponents(string: scene.consumer.url)?.host)
        #expect(host.hasPrefix("127.") || host == "[::1]")
        #expect(try await scene.post(scene.consumer.notification("Done"), try await scene.own()) == "200")
    }

    @Test func theRenewedProxyIsShown() async throws {
        let folder = try TemporaryDirectory()
        let proxy = folder.path + "/proxy"
        try await Testbed.run(["proxy", proxy])
        let scene = try await Scene("4.2", "", ["X509_USER_PROXY": proxy])
        let own = try await scene.grid.credential(as: "own")
        func shown() async throws -> String {
            try await Shell.run(
                "openssl s_client -connect localhost:\(scene.consumer.port) -cert '\(own)' -key '\(own)' </dev/null "
                    + "2>/dev/null | openssl x509 -noout -fingerprint -sha256")
        }
        func file() async throws -> String {
            try await Shell.run("openssl x509 -in '\(proxy)' -noout -fingerprint -sha256")
        }
        let first = try await file()
        #expect(try await shown() == first)
        try await Testbed.run(["proxy", proxy])
        let second = try await file()
        #expect(second != first)
        #expect(try await shown() == second)
        #expect(try await scene.post(scene.consumer.notification("Done"), "--cert '\(own)'") == "200")
        try await scene.talk.hear("DONE:0", of: 0)
    }
}
