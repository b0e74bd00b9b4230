import TestSupport
import Testing

/// Hosts are the same, and are described by the same words, whether they are read all at once or asked for one by one.
@Suite struct LDAPWaysLeadToTheSameHosts {
    private static let modes = ["never", "always"]

    private static func talk(_ server: DirectoryServer, _ mode: String, _ more: String = "") async throws -> Talk {
        try await .driver("gw_im_mad_bdii", "-s \(server.address) --snapshot \(mode) \(more)")
    }

    private static func share(_ identifier: String, _ queue: String, in entries: inout Entries) {
        entries.add(
            "GLUE2ShareID=\(identifier),GLUE2GroupID=grid,o=glue",
            ["GLUE2Entity", "GLUE2Share", "GLUE2ComputingShare"],
            [
                ("GLUE2ShareID", identifier), ("GLUE2ShareServiceForeignKey", "service.\(identifier)"),
                ("GLUE2ComputingShareMappingQueue", queue), ("GLUE2ComputingShareServingState", "production"),
                ("GLUE2ShareDescription", queue),
            ])
    }

    private static func endpoint(_ identifier: String, _ url: String, in entries: inout Entries) {
        entries.add(
            "GLUE2EndpointID=\(identifier),GLUE2GroupID=grid,o=glue",
            ["GLUE2Entity", "GLUE2Endpoint", "GLUE2ComputingEndpoint"],
            [
                ("GLUE2EndpointID", identifier), ("GLUE2EndpointURL", url),
                ("GLUE2EndpointCapability", "executionmanagement.jobexecution"),
                ("GLUE2EndpointServiceForeignKey", "service.\(identifier)"),
                ("GLUE2EndpointInterfaceName", "org.example"), ("GLUE2EndpointQualityLevel", "production"),
                ("GLUE2EndpointHealthState", "ok"), ("GLUE2EndpointServingState", "production"),
            ])
    }

    /// A site without endpoints beside one that has some.
    @Test(arguments: modes) func sharesNameHostsThatHaveNoEndpoint(mode: String) async throws {
        var entries = Entries.glue
        Self.share("urn:ogf:ComputingShare:ce1.example.org:a", "a", in: &entries)
        Self.share("urn:ogf:ComputingShare:ce1.example.org:b", "b", in: &entries)
        Self.endpoint("e2", "https://ce2.example.org:443/x", in: &entries)
        let server = try await entries.served()
        let talk = try await Self.talk(server, mode, "--schema glue2")
        #expect(try await talk.discover().sorted() == ["ce1.example.org", "ce2.example.org"])
        // Two searches find these shares, and each is one queue.
        #expect(try await talk.monitor("ce1.example.org").queues("QUEUE_NAME") == ["a", "b"])
    }

    @Test(arguments: modes) func anEndpointNeedsNeitherPortNorPath(mode: String) async throws {
        var entries = Entries.glue
        Self.endpoint("e4", "https://ce4.example.org", in: &entries)
        Self.endpoint("e5", "gsiftp://user@ce5.example.org/jobs", in: &entries)
        let server = try await entries.served()
        let talk = try await Self.talk(server, mode, "--schema glue2")
        for host in ["ce4.example.org", "ce5.example.org"] {
            #expect(try await talk.discover().contains(host))
            #expect(try await talk.monitor(host)["HOSTNAME"] == host)
        }
    }

    @Test(arguments: modes) func aPortBehindAPublishedHostIsNoPartOfIt(mode: String) async throws {
        var entries = Entries.grid
        entries.computingElement(
            "ce1.example.org:2119/jobmanager-pbs-q",
            [("GlueCEName", "q"), ("GlueCEInfoHostName", "ce1.example.org:2119")])
        let server = try await entries.served()
        let talk = try await Self.talk(server, mode)
        #expect(try await talk.discover() == ["ce1.example.org"])
        #expect(try await talk.monitor("ce1.example.org").queues("QUEUE_NAME") == ["q"])
    }

    /// Where there are many hosts, each is looked for by its name first.
    @Test(arguments: modes) func soItIsAmongManyHosts(mode: String) async throws {
        var entries = Entries.grid
        for (number, port) in (0..<40).map({ ($0, $0 < 35 ? "" : ":2119") }) {
            entries.computingElement(
                "ce\(number).example.org:2119/jobmanager-pbs-q",
                [("GlueCEName", "q")] + (number == 39 ? [] : [("GlueCEInfoHostName", "ce\(number).example.org\(port)")])
            )
        }
        let server = try await entries.served()
        let talk = try await Self.talk(server, mode)
        for number in 0..<40 {
            #expect(try await talk.monitor("ce\(number).example.org").queues("QUEUE_NAME") == ["q"])
        }
        #expect(try await talk.ask("MONITOR 7 ce40.example.org -").hasPrefix("MONITOR 7 FAILURE"))
    }

    @Test(arguments: modes) func oneElementNeedNotNameItsHostWhenAnotherDoes(mode: String) async throws {
        var entries = Entries.grid
        entries.computingElement(
            "ce.example.org:2119/jobmanager-pbs-a", [("GlueCEName", "a"), ("GlueCEInfoHostName", "ce.example.org")])
        entries.computingElement("ce.example.org:2119/jobmanager-pbs-b", [("GlueCEName", "b")])
        // It begins with the name of the host and runs elsewhere.
        entries.computingElement(
            "ce.example.org:2119/jobmanager-pbs-c", [("GlueCEName", "c"), ("GlueCEInfoHostName", "other.example.org")])
        let server = try await entries.served()
        let talk = try await Self.talk(server, mode)
        #expect(try await talk.monitor("ce.example.org").queues("QUEUE_NAME") == ["a", "b"])
    }

    @Test(arguments: modes) func clustersNeedNoEntryOfTheirOwn(mode: String) async throws {
        for key in ["GlueClusterUniqueID=cluster.example.org", nil] {
            var entries = Entries.grid
            entries.computingElement(
                "ce.example.org:2119/jobmanager-pbs-q",
                [("GlueCEName", "q"), ("GlueCEInfoHostName", "ce.example.org")]
                    + (key.map { [("GlueForeignKey", $0)] } ?? []))
            let server = try await entries.served()
            let talk = try await Talk.driver(
                "gw_im_mad_mds2_glue", "-s \(server.address) --monitor server --snapshot \(mode)")
            let host = key == nil ? "ce.example.org" : "cluster.example.org"
            #expect(try await talk.discover() == [host])
            #expect(try await talk.monitor(host).queues("QUEUE_NAME") == ["q"])
        }
    }

    /// gwd cannot know a queue by such a name; what describes it must not describe another one.
    @Test(arguments: modes) func queuesWithoutAUsableNameTakeNoPlace(mode: String) async throws {
        var entries = Entries.grid
        for (queue, rule) in [("a", "VO:cms"), ("b b", "VO:atlas"), ("c", "VO:lhcb")] {
            entries.computingElement(
                "ce.example.org:2119/jobmanager-pbs-\(queue)",
                [
                    ("GlueCEName", queue), ("GlueCEInfoHostName", "ce.example.org"),
                    ("GlueCEAccessControlBaseRule", rule),
                ])
        }
        let server = try await entries.served()
        let heard = try await Self.talk(server, mode).monitor("ce.example.org")
        #expect(heard.queues("QUEUE_NAME") == ["a", "c"])
        #expect(heard.queues("QUEUE_ACCESS") == [":cms:", ":lhcb:"])
        #expect(!heard.names.contains { $0.hasSuffix("[2]") })
    }
}
