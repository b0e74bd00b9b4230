import TestSupport
import Testing

/// What the authorities say beyond their signatures: whom they may sign, and whom they have revoked.
@Suite struct AuthoritiesAreHeeded {
    private let certificate: OldCertificate
    private let index: Index

    init() async throws {
        certificate = try await OldCertificate(of: try await Testbed.shared()["GLOBUS_HOSTNAME"])
        index = try await Index(options: certificate.options)
    }

    private func driver() async throws -> Talk {
        try await index.driver("--legacy-tls", environment: ["X509_CERT_DIR": certificate.authorities])
    }

    @Test(arguments: [#""/O=Old/*""#, #""/O=Other/*" "/O=Old/CN=host/*""#, "/o=old/cn=*"])
    func aSigningPolicyThatAllowsTheServerLetsItPass(patterns: String) async throws {
        try await certificate.allow(patterns)
        #expect(try await index.attributes(try await driver()).values["LRMS_NAME"] == .text("PBS"))
    }

    @Test func aSigningPolicyThatDoesNotIsNamed() async throws {
        try await certificate.allow(#""/O=Old/OU=Users/*""#)
        let reply = try await index.monitor(try await driver())
        #expect(
            reply.hasSuffix(
                "the signing policy of /O=Old/CN=Authority in \(certificate.authorities) does not allow it to sign "
                    + "/O=Old/CN=host/\(index.host)"), "\(reply)")
    }

    @Test func aRevokedServerIsNotBelieved() async throws {
        let talk = try await driver()
        #expect(try await index.attributes(talk).values["LRMS_NAME"] == .text("PBS"))
        try await certificate.revoke()
        // A list that appears counts for the next connection.
        let reply = try await index.monitor(try await driver())
        #expect(reply.contains("the server's certificate is not trusted: certificate revoked"), "\(reply)")
    }
}
