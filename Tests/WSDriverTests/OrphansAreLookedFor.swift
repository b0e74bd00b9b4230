import TestSupport
import Testing

/// Submissions of which nobody knows whether they created a job.
@Suite struct OrphansAreLookedFor {
    @Test func nothingIsLookedForWhereNobodyListened() async throws {
        let grid = try await WSGrid("4.0")
        let document = try grid.job("true")
        let fork = grid.fork
        try await grid.container.stop()
        let log = grid.folder.path + "/log"
        let talk = try await grid.driver("--gt 4.0 --delegation none --log \(log)")
        for (job, contact) in [fork, "no-such-host.invalid:8443/Fork"].enumerated() {
            #expect(
                try await talk.hear("SUBMIT", after: "SUBMIT \(job) \(contact) \(document)").hasPrefix(
                    "SUBMIT \(job) FAILURE no connection to "))
        }
        talk.say("FINALIZE - - -")
        #expect(try await talk.finish() == 0)
        #expect(!(try grid.folder.read("log").contains("event=orphan")))
    }

    @Test(arguments: ["4.0", "4.2"]) func aContainerThatKeepsRefusingIsLeftAlone(gt: String) async throws {
        let grid = try await WSGrid(gt)
        let end = gt == "4.0" ? "Destroy" : "terminate"
        try await grid.container.set(
            """
            {"rules": [{"on": "createManagedJob", "do": "lose"},
                       {"on": "\(end)", "do": "fault", "fault": "authorisation"}]}
            """)
        let talk = try await grid.driver("--timeout 4 --delegation none --notifications off")
        #expect(
            try await talk.hear("SUBMIT", after: "SUBMIT 0 \(grid.fork) \(try grid.job("sleep 300"))").hasPrefix(
                "SUBMIT 0 FAILURE "))
        #expect(
            try await talk.hear("TIMER - SUCCESS the job", within: .seconds(120)).contains(
                "cannot be cancelled, should it run"))
    }

    /// The contact names a container of the other dialect than the description, which counts.
    @Test(arguments: ["4.0", "4.2"]) func theContainerThatTheDescriptionNamesIsAsked(gt: String) async throws {
        let grid = try await WSGrid(gt == "4.0" ? "4.2" : "4.0")
        let named = try await WebServicesContainer(gt: gt, on: grid.testbed)
        let references = gt == "4.0" ? "ReferenceProperties" : "ReferenceParameters"
        let factory = """
            <factoryEndpoint><Address>https://\(named.address)/wsrf/services/ManagedJobFactoryService</Address>\
            <\(references)><r:ResourceID xmlns:r="http://www.globus.org/namespaces/\(gt == "4.0" ? "2004/10" : "2008/03")\
            /gram/job">Fork</r:ResourceID></\(references)></factoryEndpoint>
            """
        let talk = try await grid.driver("--timeout 6 --delegation none")
        _ = try await talk.submit(0, to: grid.fork, try grid.job("exit 3", more: factory))
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:3")
        try await named.set(#"{"rules": [{"on": "createManagedJob", "do": "lose"}]}"#)
        let reply = try await talk.hear(
            "SUBMIT 1", after: "SUBMIT 1 \(grid.fork) \(try grid.job("sleep 300", more: factory))")
        #expect(reply.hasPrefix("SUBMIT 1 FAILURE "))
        #expect(
            try await talk.hear("TIMER - SUCCESS the job").contains(
                "\(named.address)/wsrf/services/ManagedExecutableJobService?"))
    }
}
