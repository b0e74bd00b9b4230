import Foundation
import TestSupport
import Testing

/// Servers that refuse, fail or stay silent: one FAILURE each, with the name of the thing and the cause.
@Suite struct ErrorsNameTheirCause {
    @Test func gatekeepersAndServicesThatAreNotThere() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        let document = try grid.description("&(executable=/bin/true)")
        for (job, (contact, cause)) in [
            ("localhost:1/jobmanager-fork", "nobody listens at port 1 of localhost"),
            ("nosuchhost.invalid/jobmanager-fork", "nosuchhost.invalid: Name or service not known"),
            (
                "\(grid.gatekeeper)/jobmanager-nosuch",
                "the gatekeeper failed to find the requested service (GRAM error 93)"
            ),
            (
                "127.0.0.1:\(grid.port)/jobmanager-fork",
                "globus_gsi_gssapi: Authorization denied: The name of the remote entity"
            ),
        ].enumerated() {
            let reply = try await talk.answer(to: "SUBMIT \(job) \(contact) \(document)")
            #expect(reply.hasPrefix("SUBMIT \(job) FAILURE \(contact) did not take the job: "))
            #expect(reply.contains(cause))
        }
        _ = try await talk.submit(9, to: grid.polling, document)
    }

    @Test func jobDescriptionsThatAreNone() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        let empty = try grid.description("")
        let null = try grid.folder.write("null.rsl", Data([0x26, 0x28, 0, 0x29]))
        for (job, (document, cause)) in [
            ("/no/such/file", "cannot read the job description /no/such/file: No such file or directory"),
            (empty, "the job description \(empty) is empty"),
            (null, "the job description \(null) holds a NUL byte"),
            ("/dev/zero", "the job description /dev/zero is not a regular file"),
            (grid.folder.path, "the job description \(grid.folder.path) is not a regular file"),
        ].enumerated() {
            #expect(
                try await talk.answer(to: "SUBMIT \(job) \(grid.polling) \(document)")
                    == "SUBMIT \(job) FAILURE \(cause)")
        }
        let bad = try grid.description("&(executable=")
        #expect(
            try await talk.answer(to: "SUBMIT 9 \(grid.polling) \(bad)")
                == "SUBMIT 9 FAILURE \(grid.polling) did not take the job: the provided RSL could not be properly parsed (GRAM error 48)"
        )
    }

    @Test(arguments: [
        ("other", "", "the server has no account for /O=Grid/OU=Testbed/CN=Other-User, or the proxy is a limited one"),
        ("foreign", "", "perhaps because it does not trust the issuer of /O=Elsewhere/CN=Foreign-User"),
        ("test", "--limited", "or the proxy is a limited one"),
    ]) func certificatesThatAreNotAccepted(user: String, kind: String, cause: String) async throws {
        let grid = try await JobGrid()
        let proxy = try await grid.credential(user, kind, as: "proxy.pem")
        let talk = try await grid.driver("", ["X509_USER_PROXY": proxy])
        let document = try grid.description("&(executable=/bin/true)")
        let reply = try await talk.answer(to: "SUBMIT 0 \(grid.polling) \(document)")
        #expect(reply.hasPrefix("SUBMIT 0 FAILURE \(grid.polling) did not take the job: "))
        #expect(reply.contains(cause))
    }

    @Test func aServerOfAnUntrustedAuthority() async throws {
        let grid = try await JobGrid()
        let trust = try TemporaryDirectory()
        let talk = try await grid.driver("", ["X509_CERT_DIR": trust.path])
        let reply = try await talk.answer(
            to: "SUBMIT 0 \(grid.polling) \(try grid.description("&(executable=/bin/true)"))")
        #expect(
            reply.contains("Can't get the local trusted CA certificate: Untrusted self-signed certificate in chain"))
        #expect(reply.utf8.count <= 500)
    }

    @Test func aSilentServerIsNamedAtItsDeadlineAndHarmlessLater() async throws {
        let grid = try await JobGrid()
        let relay = try Relay(to: 1)
        let talk = try await grid.driver("--timeout 8")
        let document = try grid.description("&(executable=/bin/true)")
        let start = ContinuousClock.now
        for job in 0..<16 { talk.say("SUBMIT \(job) localhost:\(relay.port)/jobmanager-fork \(document)") }
        for job in 0..<16 {
            #expect(
                try await talk.hear("SUBMIT \(job) ")
                    == "SUBMIT \(job) FAILURE SUBMIT to localhost:\(relay.port)/jobmanager-fork: no answer within 8 s")
        }
        #expect(ContinuousClock.now - start < .seconds(20))
        // Now the library calls back for requests that were answered long ago.
        relay.hangUp()
        _ = try await talk.submit(30, to: grid.polling, document)
    }
}
