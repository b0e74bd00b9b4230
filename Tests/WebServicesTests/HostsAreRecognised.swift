import COpenSSL
import TestSupport
import Testing

@testable import WebServices

/// Whose certificate it is.
@Suite struct HostsAreRecognised {
    private func matches(_ subject: String, _ name: String) async throws -> Bool {
        let folder = try TemporaryDirectory()
        try await Shell.run(
            "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj '\(subject)' -keyout '\(folder.path)/key' "
                + "-out '\(folder.path)/certificate' 2>&1")
        let file = try #require(BIO_new_file(folder.path + "/certificate", "r"))
        defer { BIO_free(file) }
        let certificate = try #require(PEM_read_bio_X509(file, nil, nil, nil))
        defer { X509_free(certificate) }
        return HostIdentity.matches(certificate, [name])
    }

    @Test(arguments: [
        "/O=Grid/CN=h.example.org", "/O=Grid/CN=host\\/h.example.org", "/O=Grid/CN=hosts/CN=H.example.org",
    ])
    func aHostIsItsLastCommonName(subject: String) async throws {
        #expect(try await matches(subject, "h.example.org"))
    }

    @Test(arguments: [
        "/O=Grid/CN=h.example.org/CN=host\\/other.example.org", "/O=Grid/CN=mail\\/h.example.org", "/O=Grid",
    ])
    func nobodyElseIsThatHost(subject: String) async throws {
        #expect(try await !matches(subject, "h.example.org"))
    }
}
