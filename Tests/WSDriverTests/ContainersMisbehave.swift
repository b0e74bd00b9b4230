import TestSupport
import Testing

/// Lost answers, hostile ones, faults.
@Suite struct ContainersMisbehave {
    @Test(arguments: ["4.0", "4.2"]) func aSubmissionWhoseAnswerGetsLostRunsOnce(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver()
        // The job's own account writes there.
        try await Shell.run("chmod 777 '\(grid.folder.path)'")
        try await grid.container.set(#"{"rules": [{"on": "createManagedJob", "do": "lose", "times": 1}]}"#)
        _ = try await talk.submit(0, to: grid.fork, try grid.job("echo >> '\(grid.folder.path)/marks'; exit 2"))
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:2")
        #expect(try grid.folder.read("marks") == "\n")
        #expect(try await grid.container.counts()["createManagedJob"] == 2)
    }

    /// gwd is told that the submission failed; the job must not run on unseen.
    @Test(arguments: ["4.0", "4.2"]) func aJobThatIsCreatedTooLateIsEnded(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--timeout 3")
        // The dialect and whom to delegate to are learned before.
        _ = try await talk.submit(0, to: grid.fork, try grid.job("true"))
        try await talk.hear("DONE", of: 0)
        try await grid.container.set(
            #"{"rules": [{"on": "createManagedJob", "do": "delay", "seconds": 6, "times": 1}]}"#)
        let reply = try await talk.hear("SUBMIT 1", after: "SUBMIT 1 \(grid.fork) \(try grid.job("sleep 300"))")
        #expect(reply.hasPrefix("SUBMIT 1 FAILURE "))
        #expect(
            try await talk.hear("TIMER - SUCCESS the job", within: .seconds(60)).contains(
                "is cancelled: it was accepted after gwd had been told otherwise"))
    }

    @Test(
        arguments: ["entities", "external", "deep", "large", "garbage", "truncated"], ["4.0", "4.2"])
    func aHostileAnswerToAQuestionChangesNothing(kind: String, gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--delegation none --timeout 20")
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 8; exit 4"))
        try await talk.hear("ACTIVE", of: 0)
        try await grid.container.set(
            #"{"rules": [{"on": "GetMultipleResourceProperties", "do": "hostile", "kind": "\#(kind)"}]}"#)
        #expect(try await talk.hear("POLL", after: "POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
        try await grid.container.set(#"{"rules": []}"#)
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:4")
    }

    @Test(arguments: ["4.0", "4.2"]) func aHostileAnswerToASubmissionIsAFailureInOneLine(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--gt \(gt) --delegation none")
        let document = try grid.job("true")
        let kinds = [
            "entities", "quadratic", "external", "subset", "deep", "large", "wide", "attributes", "garbage",
            "truncated",
        ]
        for (job, kind) in kinds.enumerated() {
            try await grid.container.set(
                #"{"rules": [{"on": "createManagedJob", "do": "hostile", "kind": "\#(kind)", "times": 1}]}"#)
            let reply = try await talk.hear(
                "SUBMIT \(job) ", after: "SUBMIT \(job) \(grid.fork) \(document)", within: .seconds(100))
            #expect(reply.hasPrefix("SUBMIT \(job) FAILURE "), "\(kind)")
            #expect(!reply.contains("root:"), "\(kind)")
        }
        _ = try await talk.submit(20, to: grid.fork, document)
    }

    @Test(arguments: ["4.0", "4.2"]) func aContainerThatDropsConnectionsLosesNoJob(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--delegation none")
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 2; exit 4"))
        try await grid.container.set(#"{"rules": [{"on": "ManagedExecutableJobService", "do": "drop", "times": 4}]}"#)
        for _ in 0..<4 {
            #expect(try await talk.hear("POLL", after: "POLL 0 - -").hasPrefix("POLL 0 SUCCESS "))
        }
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:4")
    }

    /// A container that has just started may not have read its jobs yet.
    @Test(arguments: ["4.0", "4.2"]) func aJobIsGivenUpOnlyWhenItIsCertainlyUnknown(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver("--delegation none")
        _ = try await talk.submit(0, to: grid.fork, try grid.job("sleep 300"))
        try await talk.hear("ACTIVE", of: 0)
        try await grid.container.set(
            #"{"rules": [{"on": "GetMultipleResourceProperties", "do": "fault", "fault": "resource", "times": 1}]}"#)
        #expect(try await talk.hear("POLL", after: "POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
        #expect(try await talk.hear("POLL", after: "POLL 0 - -") == "POLL 0 SUCCESS ACTIVE")
        try await grid.container.set(
            #"{"rules": [{"on": "GetMultipleResourceProperties", "do": "fault", "fault": "resource"}]}"#)
        #expect(
            try await talk.hear("CALLBACK 0 FAILURE", within: .seconds(60)).contains(
                "the container does not know the job"))
    }

    @Test(arguments: ["4.0", "4.2"]) func refusalsAreToldInOneLine(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let talk = try await grid.driver()
        let document = try grid.job("true")
        #expect(
            try await talk.hear("SUBMIT", after: "SUBMIT 0 \(grid.container.address)/Nope \(document)").hasPrefix(
                "SUBMIT 0 FAILURE \(grid.container.address) has no local resource manager 'Nope' (case matters)"))
        try await grid.container.set(
            #"{"rules": [{"on": "createManagedJob", "do": "fault", "fault": "authorisation"}]}"#)
        let reply = try await talk.hear("SUBMIT", after: "SUBMIT 1 \(grid.fork) \(document)")
        #expect(reply.hasPrefix("SUBMIT 1 FAILURE \(grid.container.address) did not take the job: "))
        #expect(reply.contains("is not authorized to use operation"))
    }

    /// One of the container's authorities, but without an account; and one of an authority that it does not know.
    @Test(arguments: ["4.0", "4.2"]) func aUserWhomTheContainerDoesNotKnowIsToldSo(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let document = try grid.job("true")
        for (user, expected) in [
            ("other", "CN=Other-User\" is not authorized to use operation"),
            ("foreign", "does not accept the proxy certificate"),
        ] {
            let proxy = "\(grid.folder.path)/\(user)"
            try await Testbed.run(["credential", user, proxy])
            let talk = try await grid.driver("", ["X509_USER_PROXY": proxy])
            let reply = try await talk.hear("SUBMIT", after: "SUBMIT 0 \(grid.fork) \(document)", within: .seconds(60))
            #expect(reply.hasPrefix("SUBMIT 0 FAILURE ") && reply.contains(expected), "\(reply)")
            #expect(reply.contains(user == "other" ? "grid-mapfile" : proxy), "\(reply)")
        }
    }

    @Test func aServiceOfAnotherKindIsNamed() async throws {
        let grid = try await WSGrid("4.0")
        let talk = try await grid.driver()
        let document = try grid.job("true")
        for (name, expected) in [
            ("TESTBED_GRAM", "it does not speak HTTP"), ("TESTBED_GSIFTP", "does not speak TLS at this port"),
        ] {
            let address = grid.testbed[name].split(separator: "/").last.map(String.init) ?? ""
            let reply = try await talk.hear("SUBMIT", after: "SUBMIT 0 \(address)/Fork \(document)")
            #expect(reply.hasPrefix("SUBMIT 0 FAILURE ") && reply.contains(address), "\(reply)")
            #expect(reply.contains(expected), "\(reply)")
        }
    }

    @Test func aServerOfAnUnknownAuthorityIsNotTrusted() async throws {
        let grid = try await WSGrid("4.0")
        let empty = try TemporaryDirectory()
        let talk = try await grid.driver("--gt 4.0", ["X509_CERT_DIR": empty.path])
        let reply = try await talk.hear("SUBMIT", after: "SUBMIT 0 \(grid.fork) \(try grid.job("true"))")
        #expect(reply.contains("the server's certificate is not trusted"))
        #expect(reply.contains("is not among the authorities in \(empty.path)"))
    }

    @Test func aServerOfAnotherNameIsNotTrusted() async throws {
        let grid = try await WSGrid("4.0")
        let talk = try await grid.driver("--gt 4.0")
        let contact = "ip6-localhost:\(grid.container.port)"
        let reply = try await talk.hear("SUBMIT", after: "SUBMIT 0 \(contact) \(try grid.job("true"))")
        #expect(reply.hasPrefix("SUBMIT 0 FAILURE no "))
    }
}
