import TestSupport
import Testing

/// Index services of the time of Globus Toolkit 4, and what is no index at all.
@Suite struct OldServersAreReached {
    @Test(arguments: ["4.0", "4.2"]) func anIndexOfTLS10AndSHA1NeedsLegacyTLS(gt: String) async throws {
        let certificate = try await OldCertificate(of: try await Testbed.shared()["GLOBUS_HOSTNAME"])
        let index = try await Index(gt: gt, options: certificate.options)
        let trust = ["X509_CERT_DIR": certificate.authorities]
        let reply = try await index.monitor(try await index.driver(environment: trust))
        #expect(reply.hasPrefix("MONITOR 4 FAILURE no connection to \(index.container.address): "), "\(reply)")
        #expect(reply.hasSuffix("; if it is an old server, --legacy-tls may help"), "\(reply)")
        let attributes = try await index.attributes(try await index.driver("--legacy-tls", environment: trust))
        #expect(attributes.values["LRMS_NAME"] == .text("PBS"))
    }

    @Test(arguments: StrangeServer.kinds)
    func whatNobodyCanTalkToIsNamedWithAWayRound(kind: String, plain: String, legacy: String) async throws {
        let server = try await StrangeServer(kind)
        for (options, expected) in [("", plain), ("--legacy-tls", legacy)] {
            let talk = try Talk("gw_im_mad_mds4", .init([options]))
            _ = try await talk.ask("INIT - - -")
            let reply = try await talk.ask("MONITOR 0 \(server.address) -")
            #expect(reply.hasPrefix("MONITOR 0 FAILURE no connection to \(server.address): "), "\(reply)")
            #expect(reply.contains(expected), "\(reply)")
        }
    }
}
