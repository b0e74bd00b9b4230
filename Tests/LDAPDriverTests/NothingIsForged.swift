import TestSupport
import Testing

/// Whatever a site publishes: no filter, no line and no attribute comes of it that was not asked for.
@Suite struct LDAPNothingIsForged {
    private static let nasty = "x\" NODECOUNT=9999\nMONITOR 1 SUCCESS LRMS_NAME=\"evil\r\0\u{1b}[2J ü"

    @Test func valuesCannotBecomeAttributesOrLines() async throws {
        var entries = Entries.grid
        entries.host("ce.example.org", [("Mds-Cpu-model", Self.nasty), ("Mds-Os-name", "a\" ARCH=\"b")])
        entries.manager("jobmanager-pbs", "pbs", at: "ce.example.org")
        entries.queue("q", of: "jobmanager-pbs", at: "ce.example.org", [("Mds-Gram-Job-Queue-status", Self.nasty)])
        let server = try await entries.served(port: 2135)
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s \(server.address) --monitor server")
        let heard = try await talk.monitor("ce.example.org")
        #expect(heard["NODECOUNT"] == "")
        #expect(heard["ARCH"] == "")
        #expect(heard["LRMS_NAME"] == "jobmanager-pbs")
        #expect(heard["OS_NAME"] == "a ARCH=b")
        #expect(heard["CPU_MODEL"].hasPrefix("x NODECOUNT=9999"))
        #expect(talk.transcript.count == 2)
    }

    @Test func namesThatAreNoHostsAreNotDiscovered() async throws {
        var entries = Entries.grid
        entries.host("good.example.org")
        for name in ["bad name", "bad)(objectClass=*", "-bad", "bad\u{7f}", "b*d", "b/d"] {
            let escaped = name.map { "+,;<>=\"#".contains($0) ? "\\\($0)" : "\($0)" }.joined()
            entries.add(
                "Mds-Host-hn=\(escaped),Mds-Vo-name=local,o=grid", ["Mds", "MdsHost"], [("Mds-Host-hn", name)])
        }
        let server = try await entries.served(port: 2135)
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s \(server.address)")
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS good.example.org")
        try await talk.hearComplaint("not the name of a host")
    }

    /// gwd prints names of hosts into a buffer of 256 bytes, together with much else.
    @Test func namesThatOverrunGWDAreNotDiscovered() async throws {
        var entries = Entries.grid
        let label = String(repeating: "long-name.", count: 30)
        for bytes in [198, 199, 255] {
            entries.add(
                "Mds-Device-name=\(bytes),Mds-Vo-name=local,o=grid", ["Mds", "MdsDevice", "MdsHost"],
                [("Mds-Device-name", "\(bytes)"), ("Mds-Host-hn", String(label.prefix(bytes - 1)) + "x")])
        }
        let server = try await entries.served(port: 2135)
        let talk = try await Talk.driver("gw_im_mad_mds2", "-s \(server.address)")
        #expect(try await talk.discover().map(\.utf8.count) == [198])
        try await talk.hearComplaint("longer than the host in a URL of gwd may be")
    }

    @Test func numbersBeyondAllBoundsAreBroughtIntoThem() async throws {
        var entries = Entries.grid
        entries.computingElement(
            "ce.example.org:2119/jobmanager-pbs-q",
            [
                ("GlueCEName", "q"), ("GlueCEInfoHostName", "ce.example.org"),
                ("GlueCEPolicyMaxCPUTime", "99999999999999999999"), ("GlueCEStateFreeCPUs", "-7"),
                ("GlueCEInfoTotalCPUs", "2147483647"),
            ])
        let server = try await entries.served()
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        let heard = try await talk.monitor("ce.example.org")
        #expect(heard["QUEUE_MAXCPUTIME[0]"] == "2147483647")
        #expect(heard["QUEUE_FREENODECOUNT[0]"] == "0")
        #expect(heard["QUEUE_NODECOUNT[0]"] == "2147483647")
    }

    /// More queues than gwd has places for, and more rules than fit into a text: 255 bytes are safe with every gwd, the
    /// later ones keep more.
    @Test(arguments: [("5.4", 240...255), ("5.14", 980...1_000)])
    func crowdsAreCutWhole(release: String, bytes: ClosedRange<Int>) async throws {
        var entries = Entries.grid
        for queue in 0..<80 {
            entries.computingElement(
                "ce.example.org:2119/jobmanager-pbs-q\(queue + 100)",
                [("GlueCEName", "q\(queue + 100)"), ("GlueCEInfoHostName", "ce.example.org")]
                    + (0..<200).map { ("GlueCEAccessControlBaseRule", "VO:organisation\($0)") })
        }
        let server = try await entries.served()
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address) --gwd \(release)")
        let heard = try await talk.monitor("ce.example.org", queueText: bytes.upperBound)
        #expect(heard["QUEUE_NAME[0]"] == "q100")
        #expect(!heard.names.contains("QUEUE_NAME[67]"))
        let access = heard["QUEUE_ACCESS[0]"]
        #expect(bytes.contains(access.utf8.count))
        #expect(access.split(separator: ":").allSatisfy { $0.hasPrefix("organisation") })
        #expect(access.hasSuffix(":"))
    }

    @Test func anAttributeThatComesTwiceInAnEntryIsWhole() async throws {
        var entries = Entries.grid
        entries.computingElement(
            "ce.example.org:2119/jobmanager-pbs-q",
            [
                ("GlueCEAccessControlBaseRule", "VO:cms"), ("GlueCEName", "q"),
                ("GlueCEAccessControlBaseRule", "VO:atlas"), ("GlueCEInfoHostName", "ce.example.org"),
                ("GlueCEAccessControlBaseRule", "ops"),
            ])
        let server = try await entries.served()
        let talk = try await Talk.driver("gw_im_mad_bdii", "-s \(server.address)")
        #expect(try await talk.monitor("ce.example.org")["QUEUE_ACCESS[0]"] == ":cms::atlas::ops:")
    }
}
