import Foundation
import TestSupport
import Testing

/// Who is let in, and with which certificates.
@Suite struct OnlyThisUserIsServed {
    @Test(arguments: ["other", "foreign"]) func anotherUsersCredentialIsRefusedAndLogged(user: String) async throws {
        let staging = try await StagingTalk()
        let file = try staging.folder.write("gw/var/0/file", "secret\n")
        let proxy = staging.path("\(user).pem")
        try await Testbed.run(["credential", user, proxy])
        #expect(try await staging.fetch(file, proxy: proxy) == nil)
        if user == "other" {
            try await staging.talk.hearComplaint("event=gass-refused")
            try await staging.talk.hearComplaint("/O=Grid/OU=Testbed/CN=Other-User")
        }
        #expect(try await staging.fetch(file) == "secret\n")
    }

    @Test func limitedProxiesOfTheUserAreAccepted() async throws {
        // GRAM delegates no other to jobs.
        let staging = try await StagingTalk()
        let file = try staging.folder.write("gw/var/0/file", "text\n")
        for kind in ["--limited", "--legacy"] {
            let proxy = staging.path("proxy\(kind).pem")
            try await Testbed.run(["credential", "test", kind, proxy])
            #expect(try await staging.fetch(file, proxy: proxy) == "text\n", "\(kind)")
        }
    }

    @Test func withoutACertificateNobodyGetsIn() async throws {
        let staging = try await StagingTalk()
        let file = try staging.folder.write("gw/var/0/file", "secret\n")
        let none = try await staging.run("curl -ksS '\(staging.url)\(file)'")
        #expect(!none.isGood && !none.text.contains("secret"), "\(none.text)")
        let plain = try await staging.run("curl -sS 'http://localhost:\(staging.port)\(file)'")
        #expect(!plain.text.contains("secret"))
    }

    @Test func aRenewedProxyIsUsedAndAnExpiredOneIsNot() async throws {
        let folder = try TemporaryDirectory()
        let proxy = folder.path + "/proxy.pem"
        try await Testbed.run(["credential", "test", "--hours", "2", proxy])
        let staging = try await StagingTalk(environment: ["X509_USER_PROXY": proxy], in: folder)
        let file = try folder.write("gw/var/0/file", "text\n")
        let client = staging.grid["X509_USER_PROXY"]
        #expect(try await staging.fetch(file, proxy: client) == "text\n")
        let seen =
            "openssl s_client -connect localhost:\(staging.port) -showcerts </dev/null 2>/dev/null "
            + "| openssl x509 -noout -enddate"
        let before = try await staging.run(seen).text
        try await Testbed.run(["credential", "test", "--expired", proxy])
        #expect(try await staging.fetch(file, proxy: client) == nil)
        try await Testbed.run(["credential", "test", "--hours", "9", proxy])
        #expect(try await staging.fetch(file, proxy: client) == "text\n")
        let after = try await staging.run(seen).text
        #expect(before.hasPrefix("notAfter=") && after.hasPrefix("notAfter=") && before != after)
    }
}
