import TestSupport
import Testing

/// The options of the LDAP drivers, and the ways that hosts are found with them.
@Suite struct LDAPOptionsAreRead {
    @Test(arguments: [
        ("gw_im_mad_bdii", "", "option --server is missing: there is no information server to ask"),
        ("gw_im_mad_mds2", "--monitor server", "option --server is missing: there is no information server to ask"),
        ("gw_im_mad_bdii", "-s a/b", "option --server: 'a/b' is not a host, host:port or ldap URL"),
        ("gw_im_mad_bdii", "-s a --schema glue3", "option --schema: 'glue3' is neither glue1 nor glue2"),
        ("gw_im_mad_bdii", "-s a --snapshot often", "option --snapshot: 'often' is none of auto, always, never"),
        ("gw_im_mad_mds2", "-p 0", "option --port: '0' is not a number from 1 to 65535"),
        ("gw_im_mad_mds2_glue", "-s a -f (x=y))", "filter '(x=y))': its parentheses do not match"),
        ("gw_im_mad_mds2", "--bind-dn cn=me", "option --bind-dn needs --password-file"),
        (
            "gw_im_mad_mds2", "--bind-dn cn=me --password-file /etc/hostname",
            "option --bind-dn needs --server: hosts are asked anonymously"
        ),
    ])
    func mistakesAreToldByINIT(program: String, options: String, complaint: String) async throws {
        let talk = try Talk(program, .init([options]))
        #expect(try await talk.ask("INIT - - -") == "INIT - FAILURE \(complaint)")
        #expect(try await talk.finish(within: .seconds(5)) == 64)
    }

    @Test func listedHostsComeFirstAndAreMonitoredThemselves() async throws {
        var own = Entries.grid
        own.host("ce.example.org", [("Mds-Os-name", "Linux")])
        let gris = try await own.served(port: 2135)
        let giis = try await TestSupport.DirectoryServer("mds2-plain:3x1", options: ["--port", "2135"])
        let directory = try TemporaryDirectory()
        let list = try directory.write("hosts", "\(gris.host)\n")
        let talk = try await Talk.driver("gw_im_mad_mds2", "-l \(list) -s \(giis.address)")
        let hosts = try await talk.discover()
        #expect(hosts.first == gris.host)
        #expect(hosts.count == 4)
        // The directory of a host describes it under its own name.
        #expect(try await talk.monitor(gris.host)["HOSTNAME"] == "ce.example.org")
        #expect(try await talk.monitor(gris.host)["OS_NAME"] == "Linux")
        #expect(
            try await talk.ask("MONITOR 2 \(giis.host) -")
                == "MONITOR 2 FAILURE ldap://\(giis.address) describes 3 hosts, none of them \(giis.host)")
    }

    @Test func listedHostsAreToldWhenTheServerIsDown() async throws {
        let directory = try TemporaryDirectory()
        let list = try directory.write("hosts", "a.example.org\nb.example.org:2119 extra\n")
        let talk = try await Talk.driver("gw_im_mad_mds2", "-l \(list) -s 127.0.0.1:9")
        #expect(try await talk.discover() == ["a.example.org", "b.example.org:2119"])
        try await talk.hearComplaint("Connection refused")
    }

    @Test(arguments: [
        "local", "mds-vo-name=local,o=grid", "o=grid", "Mds-Vo-name=EXAMPLE-NORD-00, Mds-Vo-name=local, o=grid",
    ])
    func baseIsANameOrAVirtualOrganisation(base: String) async throws {
        let server = try await TestSupport.DirectoryServer("glue1-plain:3x1")
        let talk = try await Talk.driver("gw_im_mad_mds2_glue", "-s \(server.address) -b \"\(base)\"")
        #expect(try await talk.discover().count >= 1)
    }

    /// A resource BDII has no `mds-vo-name=local`.
    @Test func withoutABaseTheRootIsTriedToo() async throws {
        var entries = Entries()
        entries.add("o=grid", ["organization"], [("o", "grid")])
        entries.add("Mds-Vo-name=resource,o=grid", ["MdsVo"], [("Mds-Vo-name", "resource")])
        let identifier = "ce.example.org:2119/jobmanager-pbs-q"
        entries.add(
            "GlueCEUniqueID=\(identifier),Mds-Vo-name=resource,o=grid", ["GlueCETop", "GlueCE", "GlueCEInfo"],
            [("GlueCEUniqueID", identifier), ("GlueCEName", "q"), ("GlueCEInfoHostName", "ce.example.org")])
        let server = try await entries.served()
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        #expect(try await talk.discover() == ["ce.example.org"])
        #expect(try await talk.monitor("ce.example.org").queues("QUEUE_NAME") == ["q"])
        let own = try await Talk.driver("gw_im_mad_mds2_glue", "-p \(server.port)")
        #expect(try await own.monitor(server.host).queues("QUEUE_NAME") == ["q"])
    }

    @Test func filtersChooseHostsAndQueues() async throws {
        let server = try await TestSupport.DirectoryServer("mds2-plain:20x4", options: ["--port", "2135"])
        let talk = try await Talk.driver(
            "gw_im_mad_mds2",
            "-s \(server.address) --monitor server -f (Mds-Os-name=Debian)(!(Mds-Cpu-Smp-size=2)) -q Mds-Job-Queue-name=l*"
        )
        let hosts = try await talk.discover()
        #expect(hosts.count > 0 && hosts.count < 20)
        for host in hosts {
            let heard = try await talk.monitor(host)
            #expect(heard["OS_NAME"] == "Debian")
            #expect(heard.queues("QUEUE_NAME") == ["long"])
        }
    }

    /// gwd takes every backslash away and has no way to keep blanks together.
    @Test func aFileCarriesWhatGWDConfCannot() async throws {
        var entries = Entries.grid
        for (host, system) in [("a.example.org", "Red * Hat"), ("b.example.org", "Red Green Hat")] {
            entries.host(host, [("Mds-Os-name", system)])
        }
        let server = try await entries.served(port: 2135)
        let directory = try TemporaryDirectory()
        try directory.write(
            "site.options", "# which hosts\n-f '(Mds-Os-name=Red \\2a Hat)'\n  # and where\n--port 2135\n")
        let talk = try Talk(
            "gw_im_mad_mds2",
            .init(["-s \(server.host) --options site.options"], environment: ["GW_LOCATION": directory.path]))
        #expect(try await talk.ask("INIT - - -") == "INIT - SUCCESS -")
        #expect(try await talk.discover() == ["a.example.org"])
        let missing = try Talk("gw_im_mad_mds2", .init(["--options nosuch"]))
        #expect(
            try await missing.ask("INIT - - -")
                == "INIT - FAILURE cannot read options file nosuch: No such file or directory")
    }

    @Test func placeholdersAreDroppedOnDemand() async throws {
        var entries = Entries.grid
        entries.computingElement(
            "ce.example.org:2119/jobmanager-pbs-q",
            [
                ("GlueCEName", "q"), ("GlueCEInfoHostName", "ce.example.org"), ("GlueCEInfoTotalCPUs", "9999999"),
                ("GlueCEPolicyMaxRunningJobs", "999999999"), ("GlueCEStateFreeCPUs", "444444"),
                ("GlueCEPolicyMaxTotalJobs", "99"), ("GlueCEStateWaitingJobs", "444444"),
                ("GlueCEStateStatus", "UNDEFINEDVALUE"),
            ])
        let server = try await entries.served()
        let keeping = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)").monitor("ce.example.org")
        #expect(keeping["QUEUE_MAXRUNNINGJOBS[0]"] == "999999999")
        #expect(keeping["QUEUE_FREENODECOUNT[0]"] == "444444")
        #expect(keeping["QUEUE_STATUS[0]"] == "UNDEFINEDVALUE")
        let dropping = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address) --placeholders drop")
            .monitor("ce.example.org")
        #expect(dropping["QUEUE_MAXRUNNINGJOBS[0]"] == "0")
        #expect(dropping["QUEUE_FREENODECOUNT[0]"] == "0")
        #expect(dropping["QUEUE_MAXJOBSINQUEUE[0]"] == "99")
        #expect(dropping["QUEUE_STATUS[0]"] == "")
        #expect(keeping["QUEUE_JOBWAIT[0]"] == "444444")
        #expect(dropping["QUEUE_JOBWAIT[0]"] == "")
        #expect(keeping["NODECOUNT"] == "9999999")
        #expect(dropping["NODECOUNT"] == "")
    }
}
