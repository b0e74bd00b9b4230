import Foundation
import TestSupport
import Testing

/// The proxy certificate: missing, wrong, expired, renewed.
@Suite struct CredentialsComeAndGo {
    private func refusal(_ variables: [String: String]) async throws -> String {
        let talk = try Talk("gw_em_mad_prews", Talk.Start(environment: variables))
        let reply = try await talk.ask("INIT 200 - -")
        #expect(try await talk.finish() != 0)
        return reply
    }

    @Test func initNamesWhatIsWrongWithTheProxy() async throws {
        let grid = try await JobGrid()
        let expired = try await grid.credential("test", "--expired", as: "expired.pem")
        let open = try await grid.credential(as: "open.pem")
        chmod(open, 0o644)
        let junk = try grid.folder.write("junk.pem", "no certificate at all\n")
        chmod(junk, 0o600)
        for (file, cause) in [
            ("/no/such/proxy.pem", "no proxy certificate at /no/such/proxy.pem: No such file or directory"),
            (expired, "the proxy certificate \(expired) of /O=Grid/OU=Testbed/CN=Test-User expired"),
            (open, "the proxy certificate \(open) is open to other users"),
            (junk, "the proxy certificate \(junk) cannot be read"),
        ] {
            let reply = try await refusal(grid.variables.merging(["X509_USER_PROXY": file]) { $1 })
            #expect(reply.hasPrefix("INIT - FAILURE " + cause))
        }
    }

    @Test func anExpiredProxyIsNamedAndANewOneTakenWithoutARestart() async throws {
        let grid = try await JobGrid()
        let proxy = try await grid.credential(as: "proxy.pem")
        let talk = try await grid.driver("", ["X509_USER_PROXY": proxy])
        let document = try grid.description("&(executable=/bin/true)")
        _ = try await talk.submit(0, to: grid.polling, document)

        _ = try await grid.credential("test", "--expired", as: "proxy.pem")
        let reply = try await talk.hear("SUBMIT", after: "SUBMIT 1 \(grid.polling) \(document)")
        #expect(
            reply.hasPrefix(
                "SUBMIT 1 FAILURE the proxy certificate \(proxy) of /O=Grid/OU=Testbed/CN=Test-User expired"))

        _ = try await grid.credential(as: "proxy.pem")
        _ = try await talk.submit(2, to: grid.polling, document)
        try await talk.hear("DONE", of: 2)
    }

    @Test func runningJobsGetTheRenewedProxy() async throws {
        try await JobGrid.own { grid in
            let proxy = try await grid.credential("test", "--hours 2", as: "proxy.pem")
            let talk = try await grid.driver("--poll-interval 1", ["X509_USER_PROXY": proxy])
            let contact = try await talk.submit(0, to: grid.polling, try grid.job("sleep 300"))
            try await talk.hear("ACTIVE", of: 0)
            let before = try await grid.delegatedEnd()
            _ = try await grid.credential("test", "--hours 9", as: "proxy.pem")
            #expect(
                try await talk.hear("TIMER - SUCCESS the proxy certificate \(proxy) was renewed").contains("s left"))
            _ = try await talk.hear("TIMER - SUCCESS the job \(contact) has the renewed proxy certificate")
            #expect(try await grid.delegatedEnd() > before + 6 * 3600)
            talk.say("CANCEL 0 - -")
            try await talk.hear("FAILED", of: 0)
        }
    }

    @Test func theApproachingEndIsTold() async throws {
        let grid = try await JobGrid()
        let proxy = try await grid.credential("test", "--minutes 9", as: "proxy.pem")
        let talk = try await grid.driver("", ["X509_USER_PROXY": proxy])
        #expect(try await talk.hear() == "TIMER - SUCCESS the proxy certificate \(proxy) ends in less than 10 minutes")
        // GRAM takes no job with a proxy that short.
        let document = try grid.description("&(executable=/bin/true)")
        let reply = try await talk.answer(to: "SUBMIT 0 \(grid.polling) \(document)")
        #expect(
            reply.contains("FAILURE") && reply.contains("the proxy certificate ends in")
                && reply.contains("GRAM error 131"))
        #expect(talk.transcript.filter { $0.hasPrefix("TIMER") }.count == 1)
    }
}

extension JobGrid {
    /// When the proxy that the polling job manager of this grid holds ends, in seconds since 1970.
    func delegatedEnd() async throws -> Int {
        let text = try await Shell.run(
            "date +%s -d \"$(openssl x509 -noout -enddate -in \(variables["TESTBED_DIR"] ?? "")/jm/*/*/fork.poll.*.cred | "
                + "cut -d= -f2)\"")
        return Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0
    }
}
