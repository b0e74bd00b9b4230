import TestSupport
import Testing

/// Jobs that come to their end, in a real container of either dialect.
@Suite struct JobsRun {
    @Test(arguments: ["4.0", "4.2"]) func aJobRunsAndTellsItsExitCode(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver()
        let contact = try await talk.submit(0, to: grid.fork, try grid.job("sleep 2; exit 3"))
        #expect(contact.hasPrefix("https://\(grid.container.address)/wsrf/services/ManagedExecutableJobService?"))
        #expect(contact.hasSuffix("#gt\(gt)"))
        try await talk.hear("ACTIVE", of: 0)
        #expect(try await talk.hear("POLL", after: "POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:3")
        #expect(try await talk.hear("POLL", after: "POLL 0 - -") == "POLL 0 SUCCESS DONE:3")
    }

    @Test(arguments: ["4.0", "4.2"]) func aChosenDialectIsNotAskedFor(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--gt \(gt) --delegation none -p \(grid.container.port)")
        _ = try await talk.submit(0, to: grid.container.host, try grid.job("true"))
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:0")
        let counts = try await grid.container.counts()
        #expect(counts["createManagedJob"] == 1 && counts["GetResourceProperty"] == nil)
    }

    @Test(arguments: ["4.0", "4.2"]) func whatAJobLeavesIsDestroyed(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver()
        let contact = try await talk.submit(0, to: grid.fork, try grid.job("true"))
        try await talk.hear("DONE", of: 0)
        // The job, its credential and its subscription; GT 4.2 does all at once.
        let isDestroyed = try await eventually {
            let counts = try await grid.container.counts()
            return gt == "4.0" ? counts["Destroy"] == 3 : counts["terminate"] == 1
        }
        #expect(isDestroyed)
        let other = try await grid.driver()
        #expect(try await other.hear("RECOVER", after: "RECOVER 0 \(contact) -").hasPrefix("RECOVER 0 FAILURE "))
    }

    /// Whether its credential was named by its description cannot be told any more, so it stays.
    @Test(arguments: ["4.0", "4.2"]) func aJobOfAnEarlierProcessLeavesItsCredential(gt: String) async throws {
        let record = try TemporaryDirectory()
        let grid = try await WSGrid(gt, ["--record", record.path])
        let first = try await grid.driver()
        let contact = try await first.submit(0, to: grid.fork, try grid.job("sleep 3; exit 7"))
        try await first.hear("ACTIVE", of: 0)
        first.say("FINALIZE - - -")
        #expect(try await first.finish() == 0)

        let second = try await grid.driver()
        #expect(try await second.hear("RECOVER", after: "RECOVER 5 \(contact) -") == "RECOVER 5 SUCCESS ACTIVE")
        #expect(try await second.hear("DONE", of: 5) == "CALLBACK 5 SUCCESS DONE:7")
        // A job of this process goes with its credential.
        _ = try await second.submit(6, to: grid.fork, try grid.job("true"))
        try await second.hear("DONE", of: 6)
        // Each job and its subscription, and one credential; GT 4.2 does all at once.
        #expect(
            try await eventually {
                let counts = try await grid.container.counts()
                return gt == "4.0" ? counts["Destroy"] == 5 : counts["terminate"] == 2
            })
        let texts = try GoldenMessages.recorded(in: record.path).values
        if gt == "4.2" {
            #expect(texts.contains { $0.contains("<t:destroyDelegatedCredentials>false<") })
        } else {
            #expect(texts.filter { $0.contains("Destroy") && $0.contains("DelegationService") }.count == 1)
        }
    }

    /// The original driver's contacts do not tell the dialect.
    @Test(arguments: ["4.0", "4.2"]) func aContactOfTheOriginalDriverIsTakenUp(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let first = try await grid.driver()
        let contact = try await first.submit(0, to: grid.fork, try grid.job("sleep 60"))
        let second = try await grid.driver()
        let plain = contact.prefix { $0 != "#" }
        let reply = try await second.hear("RECOVER", after: "RECOVER 1 \(plain) -")
        #expect(reply == "RECOVER 1 SUCCESS PENDING" || reply == "RECOVER 1 SUCCESS ACTIVE")
        #expect(try await second.hear("CANCEL", after: "CANCEL 1 - -") == "CANCEL 1 SUCCESS -")
    }

    @Test(arguments: ["4.0", "4.2"]) func theReasonOfAFailureIsTold(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver()
        let document = try grid.description("<job><executable>/no/such/program</executable></job>")
        _ = try await talk.submit(0, to: grid.fork, document)
        let news = try await talk.hear("CALLBACK 0 FAILURE")
        #expect(news.contains("/no/such/program"))
    }

    @Test(arguments: ["4.0", "4.2"]) func aJobGetsWhatIsDelegated(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--delegation full")
        let look = try grid.job("test -s \"$X509_USER_PROXY\" && exit 5; exit 6")
        _ = try await talk.submit(0, to: grid.fork, look)
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:5")
        let without = try await grid.driver("--delegation none")
        _ = try await without.submit(0, to: grid.fork, look)
        #expect(try await without.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:6")
        let limited = try await grid.driver("--delegation limited")
        let policy = try grid.job(
            "openssl x509 -in \"$X509_USER_PROXY\" -noout -text | grep -q 1.3.6.1.4.1.3536.1.1.1.9 && exit 7; exit 8")
        _ = try await limited.submit(0, to: grid.fork, policy)
        #expect(try await limited.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:7")
    }
}
