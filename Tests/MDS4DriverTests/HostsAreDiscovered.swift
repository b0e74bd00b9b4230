import TestSupport
import Testing

/// Which hosts there are.
@Suite struct HostsAreDiscovered {
    @Test func theServerComesFirstThenTheListThenTheMembers() async throws {
        let index = try await Index(
            #"{"index": {"members": ["https://m1.example.org:8443/wsrf/services/DefaultIndexService","#
                + #" "https://M1.example.org:8443/wsrf/services/DefaultIndexService","#
                + #" "https://m2.example.org:8443/wsrf/services/DefaultIndexService"]}}"#)
        try index.directory.write("hosts", "l1.example.org\nm2.example.org\n")
        let talk = try await index.driver("-s", index.host, "-l", "hosts")
        #expect(
            try await talk.ask("DISCOVER - - -")
                == "DISCOVER - SUCCESS \(index.host) l1.example.org m2.example.org m1.example.org")
    }

    @Test func theAnswerOfARealContainerIsRead() async throws {
        let index = try await Index(Index.answering(with: "mds-discover.xml"))
        let talk = try await index.driver("-s", index.host)
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS \(index.host) member1.example.org")
        try await index.container.set(Index.answering(with: "mds-nothing.http"))
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS \(index.host)")
    }

    @Test func aNumberBecomesTheNameThatLeadsBackToIt() async throws {
        let index = try await Index(
            #"{"index": {"members": ["https://127.0.0.1:8443/wsrf/services/DefaultIndexService","#
                + #" "https://192.0.2.77:8443/wsrf/services/DefaultIndexService"]}}"#)
        let talk = try await index.driver("-s", index.host)
        let reply = try await talk.ask("DISCOVER - - -")
        // How this machine calls itself is its own business; that there is a name is certain.
        #expect(!reply.contains("127.0.0.1"))
        #expect(reply.hasSuffix("192.0.2.77"))
    }

    @Test func addressesThatAreNoHostsAreLeftOut() async throws {
        let index = try await Index(
            #"{"index": {"members": ["https://a b/wsrf/services/DefaultIndexService","#
                + #" "ftp://c.example.org/wsrf/services/DefaultIndexService","#
                + #" "https://x@d.example.org:1/wsrf/services/DefaultIndexService","#
                + #" "https://e.example.org:8443\nDISCOVER/wsrf/services/DefaultIndexService","#
                + #" "https://$(f)/wsrf/services/DefaultIndexService","#
                + #" "https://g.example.org:8443/wsrf/services/DefaultIndexService"]}}"#)
        let talk = try await index.driver("-s", index.host)
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS \(index.host) g.example.org")
    }

    @Test func aServerThatIsAwayTakesNoListedHostWithIt() async throws {
        let index = try await Index(#"{"rules": [{"on": "*", "do": "drop"}]}"#)
        try index.directory.write("hosts", "l1.example.org\n")
        let both = try await index.driver("-s", index.host, "-l", "hosts")
        #expect(try await both.ask("DISCOVER - - -") == "DISCOVER - SUCCESS \(index.host) l1.example.org")
        let alone = try await index.driver("-s", index.host)
        #expect(try await alone.ask("DISCOVER - - -").hasPrefix("DISCOVER - FAILURE "))
    }

    @Test func membersAreMonitoredAtTheirOwnPort() async throws {
        let member = try await Index()
        let index = try await Index(
            "{\"index\": {\"members\": [\"https://localhost:\(member.container.port)/wsrf/services/DefaultIndexService\"]}}"
        )
        let talk = try await index.driver("-s", "127.0.0.1")
        try await member.container.set(#"{"index": {"shape": "fork"}}"#)
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS 127.0.0.1 localhost")
        #expect(try await index.attributes(talk, "localhost").values["LRMS_NAME"] == .text("Fork"))
    }

    @Test func wrongOptionsEndTheDriverAtINIT() async throws {
        for (arguments, reason) in [
            ("-s a/b", "option --server: 'a/b' is not a host or host:port"),
            ("--gt 3", "option --gt: '3' is none of 4.0, 4.2, auto"),
        ] {
            let talk = try Talk("gw_im_mad_mds4", .init([arguments], environment: ["HOME": "/"]))
            #expect(try await talk.ask("INIT - - -") == "INIT - FAILURE \(reason)")
            #expect(try await talk.finish() == 64)
        }
    }

    @Test func optionsOfDirectoriesAreTakenAndIgnored() async throws {
        let index = try await Index()
        let talk = try await index.driver("-s \(index.host) -b mds-vo-name=x -f (a=b) -q (c=d)")
        try await talk.hearComplaint("ignored=--base")
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS \(index.host)")
    }
}
