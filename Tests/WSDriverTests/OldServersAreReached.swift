import TestSupport
import Testing

/// Containers of the time of Globus Toolkit 4, and what is no container at all.
@Suite struct OldServersAreReached {
    @Test(arguments: ["4.0", "4.2"]) func aContainerOfTLS10AndSHA1NeedsLegacyTLS(gt: String) async throws {
        let certificate = try await OldCertificate(of: try await Testbed.shared()["GLOBUS_HOSTNAME"])
        let grid = try await WSGrid(gt, certificate.options)
        let document = try grid.job("exit 4")
        let trust = ["X509_CERT_DIR": certificate.authorities]

        let careful = try await grid.driver("", trust)
        let reply = try await careful.hear("SUBMIT", after: "SUBMIT 0 \(grid.fork) \(document)")
        #expect(reply.hasPrefix("SUBMIT 0 FAILURE no connection to \(grid.container.address): "))
        #expect(reply.hasSuffix("; if it is an old server, --legacy-tls may help"), "\(reply)")

        let tolerant = try await grid.driver("--legacy-tls", trust)
        _ = try await tolerant.submit(0, to: grid.fork, document)
        #expect(try await tolerant.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:4")

        // Old does not mean unknown: without its authority it is not trusted.
        let empty = try TemporaryDirectory()
        let wary = try await grid.driver("--legacy-tls", ["X509_CERT_DIR": empty.path])
        #expect(
            try await wary.hear("SUBMIT", after: "SUBMIT 0 \(grid.fork) \(document)").contains(
                "the server's certificate is not trusted"))
    }

    /// TLS of today with a certificate of then.
    @Test func aCertificateOfSHA1NeedsLegacyTLS() async throws {
        let certificate = try await OldCertificate(of: try await Testbed.shared()["GLOBUS_HOSTNAME"])
        let grid = try await WSGrid("4.0", certificate.options + ["--tls", "1.2"])
        let trust = ["X509_CERT_DIR": certificate.authorities]
        let document = try grid.job("exit 4")
        let careful = try await grid.driver("", trust)
        let reply = try await careful.hear("SUBMIT", after: "SUBMIT 0 \(grid.fork) \(document)")
        #expect(reply.contains("the server's certificate is not trusted: "), "\(reply)")
        #expect(reply.hasSuffix("; --legacy-tls lets it pass"), "\(reply)")
        let tolerant = try await grid.driver("--legacy-tls", trust)
        _ = try await tolerant.submit(0, to: grid.fork, document)
        #expect(try await tolerant.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:4")
    }

    @Test(arguments: StrangeServer.kinds)
    func whatNobodyCanTalkToIsNamedWithAWayRound(kind: String, plain: String, legacy: String) async throws {
        let grid = try await Testbed.shared()
        let folder = try TemporaryDirectory()
        let server = try await StrangeServer(kind)
        let document = try folder.write("job", "<job><executable>/bin/true</executable></job>")
        for (options, expected) in [("", plain), ("--legacy-tls", legacy)] {
            let talk = try Talk("gw_em_mad_ws", .init([options], environment: grid.variables))
            _ = try await talk.ask("INIT 200 - -")
            let reply = try await talk.hear("SUBMIT", after: "SUBMIT 0 \(server.address)/Fork \(document)")
            #expect(reply.hasPrefix("SUBMIT 0 FAILURE no connection to \(server.address): "), "\(reply)")
            #expect(reply.contains(expected), "\(reply)")
        }
    }
}
