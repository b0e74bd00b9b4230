import Foundation
import TestSupport
import Testing

/// What GridWay's own LDAP drivers got wrong on the data of real sites, one test each, with the right answer.
@Suite struct LDAPOriginalBugs {
    @Test func orderOfSiblingsMeansNothing() async throws {
        var entries = Entries.grid
        entries.host("ce.example.org", [("Mds-Computer-Total-nodeCount", "8")])
        // A server that sorts children by the length of their names tells pbs first.
        entries.manager("jobmanager-pbs", "pbs", at: "ce.example.org")
        entries.queue("workq", of: "jobmanager-pbs", at: "ce.example.org", [("Mds-Computer-Total-nodeCount", "4")])
        entries.manager("jobmanager-fork", "fork", at: "ce.example.org")
        entries.queue("default", of: "jobmanager-fork", at: "ce.example.org", [("Mds-Computer-Total-nodeCount", "1")])
        let server = try await entries.served(port: 2135)
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s \(server.address) --monitor server")
        let heard = try await talk.monitor("ce.example.org")
        #expect(heard["FORK_NAME"] == "jobmanager-fork")
        #expect(heard["LRMS_NAME"] == "jobmanager-pbs")
        #expect(heard["LRMS_TYPE"] == "pbs")
        #expect(heard.queues("QUEUE_NAME") == ["workq"])
        #expect(heard["NODECOUNT"] == "8")
    }

    @Test func queueZeroIsNotSkippedWithoutAForkManager() async throws {
        var entries = Entries.grid
        entries.host("ce.example.org", [("Mds-Computer-Total-nodeCount", "128")])
        entries.manager("jobmanager-pbs", "pbs", at: "ce.example.org")
        entries.queue("only", of: "jobmanager-pbs", at: "ce.example.org", [("Mds-Computer-Total-nodeCount", "16")])
        let server = try await entries.served(port: 2135)
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s \(server.address) --monitor server")
        let heard = try await talk.monitor("ce.example.org")
        #expect(heard.queues("QUEUE_NAME") == ["only"])
        #expect(heard.queues("QUEUE_NODECOUNT") == ["16"])
        #expect(heard["NODECOUNT"] == "128")
        #expect(heard["FORK_NAME"] == "")
    }

    @Test(arguments: ["gw_im_mad_bdii", "gw_im_mad_mds2_glue --monitor server"])
    func accessRulesBelongToTheirQueueWhateverTheOrder(driver: String) async throws {
        let words = driver.split(separator: " ").map(String.init)
        var entries = Entries.grid
        entries.cluster("ce.example.org")
        for (queue, rules) in [("a", ["VO:cms", "VO:atlas"]), ("b", ["VO:lhcb"]), ("c", ["VO:ops", "DENY:dteam"])] {
            let identifier = "ce.example.org:2119/jobmanager-pbs-\(queue)"
            entries.computingElement(
                identifier,
                rules.map { ("GlueCEAccessControlBaseRule", $0) } + [
                    ("GlueCEName", queue), ("GlueForeignKey", "GlueClusterUniqueID=ce.example.org"),
                    ("GlueCEInfoHostName", "ce.example.org"), ("GlueCEUniqueID", identifier),
                ])
        }
        let server = try await entries.served()
        let talk = try await Talk.driver(words[0], "-s \(server.address) " + words.dropFirst().joined(separator: " "))
        let heard = try await talk.monitor("ce.example.org")
        #expect(heard.queues("QUEUE_NAME") == ["a", "b", "c"])
        #expect(heard.queues("QUEUE_ACCESS") == [":cms::atlas:", ":lhcb:", ":ops:"])
    }

    @Test func architectureIsThePublishedOne() async throws {
        var entries = Entries.grid
        for (host, platform) in [("a.example.org", "ppc64"), ("b.example.org", nil)] {
            entries.cluster(host)
            entries.subCluster(
                host, of: host,
                [("GlueChunkKey", "GlueClusterUniqueID=\(host)")]
                    + (platform.map { [("GlueHostArchitecturePlatformType", $0)] } ?? []))
            entries.computingElement(
                "\(host):2119/jobmanager-pbs-q",
                [("GlueCEName", "q"), ("GlueForeignKey", "GlueClusterUniqueID=\(host)"), ("GlueCEInfoHostName", host)])
        }
        let server = try await entries.served()
        let talk = try await Talk.driver("gw_im_mad_mds2_glue", "-s \(server.address) --monitor server")
        #expect(try await talk.monitor("a.example.org")["ARCH"] == "ppc64")
        #expect(try await talk.monitor("b.example.org")["ARCH"] == "")
    }

    @Test func subClusterNeedNotBeCalledLikeTheHost() async throws {
        var entries = Entries.grid
        entries.cluster("EXAMPLE")
        entries.subCluster(
            "EXAMPLE-ARC", of: "EXAMPLE",
            [
                ("GlueSubClusterName", "EXAMPLE-ARC"), ("GlueChunkKey", "GlueClusterUniqueID=EXAMPLE"),
                ("GlueHostOperatingSystemName", "Debian"), ("GlueHostProcessorModel", "EPYC"),
                ("GlueHostMainMemoryRAMSize", "64000"),
            ])
        entries.computingElement(
            "arc.example.org:2811/nordugrid-fork-long",
            [
                ("GlueCEName", "long"), ("GlueForeignKey", "GlueClusterUniqueID=EXAMPLE"),
                ("GlueCEInfoHostName", "arc.example.org"),
            ])
        let server = try await entries.served()
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        let heard = try await talk.monitor("arc.example.org")
        #expect(heard["OS_NAME"] == "Debian")
        #expect(heard["CPU_MODEL"] == "EPYC")
        #expect(heard["SIZE_MEM_MB"] == "64000")
        #expect(heard["LRMS_NAME"] == "nordugrid-fork")
    }

    @Test func freeJobSlotsStandInForFreeProcessors() async throws {
        var entries = Entries.grid
        for (queue, attributes) in [
            ("new", [("GlueCEStateFreeJobSlots", "17")]),
            ("old", [("GlueCEStateFreeCPUs", "3"), ("GlueCEStateFreeJobSlots", "5")]), ("none", []),
        ] {
            entries.computingElement(
                "ce.example.org:2119/jobmanager-pbs-\(queue)",
                [("GlueCEName", queue), ("GlueCEInfoHostName", "ce.example.org")] + attributes)
        }
        let server = try await entries.served()
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        let heard = try await talk.monitor("ce.example.org")
        #expect(heard.queues("QUEUE_NAME") == ["new", "none", "old"])
        // Nor is anything inherited from the queue before.
        #expect(heard.queues("QUEUE_FREENODECOUNT") == ["17", "0", "3"])
    }

    @Test(arguments: [
        "*)(GlueCEInfoHostName=*", "ce*", "(ce)", "ce\\2aexample", "-Hldap", "ce,o=grid", "ldap://ce/", "ce#1",
    ])
    func hostileHostNameIsRefused(name: String) async throws {
        let server = try await TestSupport.DirectoryServer("glue1:4x2")
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        #expect(try await talk.ask("MONITOR 3 \(name) -") == "MONITOR 3 FAILURE '\(name)' is not the name of a host")
    }

    @Test func unknownHostIsAFailure() async throws {
        let server = try await TestSupport.DirectoryServer("glue1:4x2", "glue2:4x2")
        for schema in ["glue1", "glue2"] {
            for mode in ["never", "always"] {
                let talk = try await Talk.driver(
                    "gw_im_mad_bdii", "-s \(server.address) --schema \(schema) --snapshot \(mode)")
                #expect(
                    try await talk.ask("MONITOR 4 nosuch.example.org -")
                        == "MONITOR 4 FAILURE ldap://\(server.address) knows no host nosuch.example.org")
            }
        }
    }

    @Test func starsInFiltersAreNoFileNames() async throws {
        var entries = Entries.grid
        entries.computingElement(
            "ce.example.org:2119/jobmanager-pbs-q",
            [
                ("GlueCEName", "q"), ("GlueCEInfoHostName", "ce.example.org"),
                ("GlueCEAccessControlBaseRule", "VO:swetest"),
            ])
        let server = try await entries.served()
        let directory = try TemporaryDirectory()
        try directory.write("(GlueCEAccessControlBaseRule=my-swetest)", "")
        let talk = try Talk(
            "gw_im_mad_bdii",
            .init(["-s \(server.address) -q (GlueCEAccessControlBaseRule=*swetest)"], directory: directory.path))
        #expect(try await talk.ask("INIT - - -") == "INIT - SUCCESS -")
        #expect(try await talk.discover() == ["ce.example.org"])
        #expect(try await talk.monitor("ce.example.org").queues("QUEUE_NAME") == ["q"])
    }

    @Test func longValuesAreWhole() async throws {
        let model =
            "A processor: with a colon, and a name that is longer than the seventy-six columns of an LDIF line is"
        var entries = Entries.grid
        entries.host("ce.example.org", [("Mds-Cpu-model", model)])
        let server = try await entries.served(port: 2135)
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s \(server.address) --monitor server")
        #expect(try await talk.monitor("ce.example.org")["CPU_MODEL"] == model)
    }

    /// The second query of the originals forgot the port.
    @Test func portIsForHostsToo() async throws {
        var entries = Entries.grid
        entries.host("ce.example.org")
        entries.manager("jobmanager-pbs", "pbs", at: "ce.example.org")
        entries.queue("q", of: "jobmanager-pbs", at: "ce.example.org")
        let server = try await entries.served(port: 12_135)
        let talk = try await Talk.driver("gw_im_mad_mds2", "-p 12135")
        #expect(try await talk.monitor(server.host).queues("QUEUE_NAME") == ["q"])
    }

    /// A queue's name may have dashes.
    @Test func jobManagerIsWhatIsLeftOfTheIdentifierWithoutTheQueue() async throws {
        var entries = Entries.grid
        for (host, service, queue) in [
            ("a", "jobmanager-lcgpbs-long-sl5", "long-sl5"), ("b", "cream-pbs-cms", ""),
            ("c", "nordugrid-SLURM-Grid", "grid"),
        ] {
            entries.computingElement(
                "\(host):2119/\(service)",
                [("GlueCEInfoHostName", host)] + (queue.isEmpty ? [] : [("GlueCEName", queue)]))
        }
        let server = try await entries.served()
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        #expect(try await talk.monitor("a")["LRMS_NAME"] == "jobmanager-lcgpbs")
        #expect(try await talk.monitor("b")["LRMS_NAME"] == "cream-pbs")
        #expect(try await talk.monitor("b").queues("QUEUE_NAME") == ["cms"])
        #expect(try await talk.monitor("c")["LRMS_NAME"] == "nordugrid-SLURM")
    }

    /// The bdii driver named a host once for each of its queues.
    @Test func hostsAreNamedOnce() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:12x4", "glue2-plain:12x4")
        for schema in ["glue1", "glue2"] {
            let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address) --schema \(schema)")
            let hosts = try await talk.discover()
            #expect(hosts.count == 12)
            #expect(Set(hosts).count == 12)
        }
    }

    /// A site that publishes what belongs to another: gwd would count the places of the queue twice.
    @Test(arguments: ["never", "always"])
    func aQueueThatIsPublishedTwiceIsOneQueue(snapshot: String) async throws {
        var entries = Entries.grid
        let identifier = "ce.example.org:2119/jobmanager-pbs-q"
        for site in ["Mds-Vo-name=b,", "", "Mds-Vo-name=a,"] {
            let place = "\(site)Mds-Vo-name=local,o=grid"
            if !site.isEmpty { entries.add(place, ["MdsVo"], [("Mds-Vo-name", String(site.dropFirst(12).dropLast()))]) }
            entries.add(
                "GlueCEUniqueID=\(identifier),\(place)", ["GlueCETop", "GlueCE", "GlueCEInfo"],
                [
                    ("GlueCEUniqueID", identifier), ("GlueCEName", "q"), ("GlueCEInfoHostName", "ce.example.org"),
                    ("GlueCEInfoTotalCPUs", site.contains("=a") ? "4" : "16"),
                ])
        }
        let server = try await entries.served()
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address) --snapshot \(snapshot)")
        let heard = try await talk.monitor("ce.example.org")
        #expect(heard.queues("QUEUE_NAME") == ["q"])
        // The first in the order of names, not of arrival.
        #expect(heard.queues("QUEUE_NODECOUNT") == ["4"])
    }

    @Test func aHostThatIsPublishedTwiceIsAlwaysTheSameOne() async throws {
        var entries = Entries.grid
        for site in ["b", "a"] {
            entries.add("Mds-Vo-name=\(site),Mds-Vo-name=local,o=grid", ["MdsVo"], [("Mds-Vo-name", site)])
            entries.add(
                "Mds-Host-hn=ce.example.org,Mds-Vo-name=\(site),Mds-Vo-name=local,o=grid", ["Mds", "MdsHost", "MdsOs"],
                [("Mds-Host-hn", "ce.example.org"), ("Mds-Os-name", "of \(site)")])
            entries.add(
                "Mds-Device-name=processor,Mds-Host-hn=ce.example.org,Mds-Vo-name=\(site),Mds-Vo-name=local,o=grid",
                ["Mds", "MdsDevice", "MdsCpu"], [("Mds-Device-name", "processor"), ("Mds-Cpu-model", "of \(site)")])
        }
        let server = try await entries.served(port: 2135)
        for snapshot in ["never", "always"] {
            let talk = try await Talk.driver(
                "gw_im_mad_mds2", "-s \(server.address) --monitor server --snapshot \(snapshot)")
            let heard = try await talk.monitor("ce.example.org")
            #expect(heard["OS_NAME"] == "of a")
            #expect(heard["CPU_MODEL"] == "of a")
        }
    }

    /// The bdii driver left attribute files out.
    @Test func attributeFilesAreMergedBetweenHostAndQueues() async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:1x2")
        let directory = try TemporaryDirectory()
        let host = try #require(try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)").discover().first)
        try directory.write("hosts", "\(host) extra\n")
        try directory.write(
            "extra",
            "SE_HOSTNAME=\"se.example.org\" ARCH=\"mine\" QUEUE_NAME[0]=\"mine\" QUEUE_NAME[2]=\"third\" BANDWIDTH=100")
        let talk = try Talk(
            "gw_im_mad_bdii", .init(["-s \(server.address) -l hosts"], environment: ["GW_LOCATION": directory.path]))
        _ = try await talk.ask("INIT")
        #expect(try await talk.discover() == [host])
        let heard = try await talk.monitor(host)
        #expect(heard["SE_HOSTNAME"] == "se.example.org")
        #expect(heard["BANDWIDTH"] == "100")
        #expect(heard["ARCH"] == "mine")
        #expect(heard["QUEUE_NAME[0]"] != "mine")
        #expect(heard["QUEUE_NAME[2]"] == "third")
    }
}
