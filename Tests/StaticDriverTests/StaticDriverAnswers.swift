import Foundation
import TestSupport
import Testing

/// The static driver as a process, asked as gwd and as people ask.
@Suite struct StaticDriverAnswers {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    /// A driver whose installation is the test's directory; its log is heard on stderr.
    private func driver(_ arguments: String..., program: String = "gw_im_mad_static") async throws -> Talk {
        let talk = try Talk(
            program,
            .init(arguments, environment: ["GW_LOCATION": directory.path, "HOME": directory.path], directory: "/"))
        #expect(try await talk.ask("INIT - - -") == "INIT - SUCCESS -")
        return talk
    }

    private func bye(_ talk: Talk) async throws {
        talk.say("FINALIZE - - -")
        #expect(try await talk.hear("FINALIZE") == "FINALIZE - SUCCESS -")
        #expect(try await talk.finish(within: .seconds(5)) == 0)
    }

    @Test func tellsHostsAndTheirAttributes() async throws {
        try directory.write("hosts", "h1.example.org h1.attributes\nh2.example.org h2.attributes\n")
        try directory.write(
            "h1.attributes", "HOSTNAME=\"h1.example.org\" ARCH=\"x86_64\"\nQUEUE_NAME[0]=\"q\" QUEUE_NODECOUNT[0]=4\n")
        let talk = try await driver("-l hosts")
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS h1.example.org h2.example.org")
        #expect(
            try await talk.ask("MONITOR 7 h1.example.org -")
                == "MONITOR 7 SUCCESS HOSTNAME=\"h1.example.org\" ARCH=\"x86_64\" QUEUE_NAME[0]=\"q\" QUEUE_NODECOUNT[0]=4"
        )
        #expect(
            try await talk.ask("MONITOR 8 h2.example.org -")
                == "MONITOR 8 FAILURE cannot read h2.attributes (looked in \(directory.path) and /): No such file or directory"
        )
        try await bye(talk)
        #expect(talk.complaints == "")
    }

    @Test func withoutAListThereIsNoHost() async throws {
        let talk = try await driver("")
        // `-` in place of nothing would be a host of that name.
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS ")
        #expect(try await talk.ask("MONITOR 0 h -").hasPrefix("MONITOR 0 FAILURE host h is not in any host list"))
        try await bye(talk)
    }

    @Test func missingListFailsEachRequestUntilItIsThere() async throws {
        let talk = try await driver("-l", "etc-hosts")
        let reason = "cannot read etc-hosts (looked in \(directory.path) and /): No such file or directory"
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - FAILURE \(reason)")
        #expect(try await talk.ask("MONITOR 3 h -") == "MONITOR 3 FAILURE \(reason)")
        try directory.write("etc-hosts", "h")
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS h")
        #expect(
            try await talk.ask("MONITOR 3 h -")
                == "MONITOR 3 FAILURE host h has no attribute file in host list etc-hosts")
        #expect(try await talk.ask("MONITOR 3 g -") == "MONITOR 3 FAILURE host g is not in host list etc-hosts")
        try await bye(talk)
    }

    @Test(arguments: ["-x", "-l", "-l ''", "hosts", "--hosts=", "-l hosts --gwd five"])
    func wrongOptionsFailInit(arguments: String) async throws {
        let talk = try Talk("gw_im_mad_static", .init([arguments]))
        #expect(try await talk.ask("INIT - - -").hasPrefix("INIT - FAILURE "))
        #expect(try await talk.finish(within: .seconds(5)) == 64)
    }

    @Test func optionsOfOtherDriversAreTakenAndNamedInTheLog() async throws {
        try directory.write("hosts", "h")
        let talk = try await driver("-s giis.example.org -b o=grid -f (a=b) -q (Mds-Os*) -p 2135 -l hosts")
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS h")
        try await bye(talk)
        for name in ["server", "base", "host-filter", "queue-filter", "port"] {
            try await talk.hearComplaint("event=option ignored=--\(name)")
        }
    }

    @Test func changedFilesAreSeenWithoutARestart() async throws {
        try directory.write("hosts", "h a\n")
        try directory.write("a", "SE_HOSTNAME=\"one\" QUEUE_NAME[0]=\"q\" QUEUE_NAME[1]=\"r\"")
        let talk = try await driver("-l hosts")
        #expect(
            try await talk.ask("MONITOR 0 h -").contains("SE_HOSTNAME=\"one\" QUEUE_NAME[0]=\"q\" QUEUE_NAME[1]=\"r\""))
        try directory.write("a", "QUEUE_NAME[0]=\"q\"")
        // gwd keeps what it is not told to forget.
        #expect(
            try await talk.ask("MONITOR 0 h -").hasSuffix(
                " SE_HOSTNAME=\"\" QUEUE_NAME[0]=\"q\" QUEUE_NAME[1]=\"\" QUEUE_NODECOUNT[1]=0"))
        try directory.write("hosts", "h a\ni a\n")
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS h i")
        try directory.write("a", "ARCH=\"")
        #expect(try await talk.ask("MONITOR 0 h -").hasPrefix("MONITOR 0 FAILURE \(directory.path)/a line 1: "))
        try directory.write("a", "ARCH=\"x\"")
        #expect(try await talk.ask("MONITOR 0 h -").contains(" ARCH=\"x\""))
        try await bye(talk)
    }

    @Test func repairsAreToldOnceForEachVersionOfAFile() async throws {
        try directory.write("hosts", "h a\n")
        try directory.write("a", "CPU_MHZ=2499.9 ARCH=i686\nSIZE_MEM_MB=99999999999")
        let talk = try await driver("-l hosts")
        for _ in 0..<3 {
            #expect(
                try await talk.ask("MONITOR 0 h -")
                    == "MONITOR 0 SUCCESS HOSTNAME=\"h\" ARCH=\"i686\" CPU_MHZ=2499 SIZE_MEM_MB=2147483647")
        }
        try await bye(talk)
        let lines = talk.complaints.split(separator: "\n")
        #expect(lines.count { $0.contains("event=attribute-file") && $0.contains("\(directory.path)/a") } == 2)
        #expect(lines.count { $0.contains("event=attribute host=h") } == 1)
    }

    @Test func tenThousandHostsArriveInPages() async throws {
        let hosts = (0..<10_000).map { "host\($0).example.org" }
        try directory.write("hosts", hosts.joined(separator: "\n"))
        let talk = try await driver("-l hosts")
        var heard: Set<Substring> = []
        for _ in 0..<20 {
            let line = try await talk.ask("DISCOVER - - -")
            #expect(line.utf8.count <= 16_000)
            heard.formUnion(line.split(separator: " ").dropFirst(3))
        }
        #expect(heard == Set(hosts.map { $0[...] }))
        try await bye(talk)
        let whole = try await driver("-l hosts --line-limit 1000000")
        #expect(try await whole.ask("DISCOVER - - -") == "DISCOVER - SUCCESS " + hosts.joined(separator: " "))
        try await bye(whole)
    }

    @Test func examplesAreTold() async throws {
        let talk = try Talk(
            "gw_im_mad_static", .init(["-l examples/im/host.list"], environment: ["GW_LOCATION": Testbed.root.path]))
        #expect(try await talk.ask("INIT") == "INIT - SUCCESS -")
        let hosts = try await talk.ask("DISCOVER").split(separator: " ").dropFirst(3)
        #expect(hosts.count == 3)
        for (number, host) in hosts.enumerated() {
            let line = try await talk.ask("MONITOR \(number) \(host) -")
            let heard = GWDAttributes(line.split(separator: " ", maxSplits: 3).last.map(String.init) ?? "")
            #expect(heard.complaints == [])
            #expect(heard.values["HOSTNAME"] == .text(String(host)))
            #expect(heard.names.contains("LRMS_NAME") && heard.names.contains("QUEUE_NAME[0]"))
        }
        try await bye(talk)
        #expect(talk.complaints == "")
    }
}
