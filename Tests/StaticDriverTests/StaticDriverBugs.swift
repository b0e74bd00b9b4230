import Foundation
import TestSupport
import Testing

/// What went wrong in GridWay's own static driver and the shell frame that it shared with others, one test each.
@Suite struct StaticDriverBugs {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func driver(_ arguments: String = "-l hosts", program: String = "gw_im_mad_static") async throws -> Talk {
        let talk = try Talk(
            program, .init([arguments], environment: ["GW_LOCATION": directory.path], directory: directory.path))
        #expect(try await talk.ask("INIT - - -") == "INIT - SUCCESS -")
        return talk
    }

    private func end(_ talk: Talk) async throws {
        talk.closeInput()
        #expect(try await talk.finish(within: .seconds(5)) == 0)
    }

    @Test func bug16LastLineWithoutNewlineIsKept() async throws {
        try directory.write("hosts", "a f\nb f")
        try directory.write("f", "ARCH=\"x\"\nQUEUE_NAME[0]=\"q\"")
        let talk = try await driver()
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS a b")
        #expect(try await talk.ask("MONITOR 0 b -").hasSuffix("QUEUE_NAME[0]=\"q\""))
        try await end(talk)
    }

    @Test func bug16DotsInHostNamesMatchOnlyDots() async throws {
        try directory.write("hosts", "aXb.org wrong\nXa.b.org wrong\na.b.org right\na.b.org.more wrong\n")
        try directory.write("right", "ARCH=\"right\"")
        try directory.write("wrong", "ARCH=\"wrong\"")
        let talk = try await driver()
        #expect(try await talk.ask("MONITOR 0 a.b.org -") == "MONITOR 0 SUCCESS HOSTNAME=\"a.b.org\" ARCH=\"right\"")
        for name in ["a.b", "a*", ".*", "a.b.org.", "^a.b.org", "[a].b.org", "A.B.ORG"] {
            #expect(
                try await talk.ask("MONITOR 0 \(name) -") == "MONITOR 0 FAILURE host \(name) is not in host list hosts")
        }
        try await end(talk)
    }

    @Test func bug16TabsSeparateAsBlanksDo() async throws {
        try directory.write("hosts", "a\tf\n\tb \t f\t\n")
        try directory.write("f", "ARCH\t=\t\"x\"")
        let talk = try await driver()
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS a b")
        #expect(try await talk.ask("MONITOR 0 a -").hasSuffix(" ARCH=\"x\""))
        #expect(try await talk.ask("MONITOR 1\tb\t-").hasSuffix(" ARCH=\"x\""))
        try await end(talk)
    }

    @Test func bug16BackslashesAreKept() async throws {
        try directory.write("hosts", "a f\\1\n")
        try directory.write("f\\1", "OS_NAME=\"a\\nb\\\\c\"")
        let talk = try await driver()
        #expect(try await talk.ask("MONITOR 0 a -").hasSuffix(" OS_NAME=\"a\\nb\\\\c\""))
        try await end(talk)
    }

    @Test func bug16StarsAreNotExpanded() async throws {
        try directory.write("hosts", "h *\n* f\n")
        try directory.write("f", "ARCH=\"*\"")
        let talk = try await driver("-q (GlueCEName=*) -l hosts -f *")
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS h *")
        #expect(try await talk.ask("MONITOR 0 * -") == "MONITOR 0 SUCCESS HOSTNAME=\"*\" ARCH=\"*\"")
        #expect(try await talk.ask("MONITOR 0 h -").hasPrefix("MONITOR 0 FAILURE cannot read * "))
        try await end(talk)
    }

    @Test func bug16LongRepliesDoNotInterleave() async throws {
        var file = "HOSTNAME=\"h\""
        for queue in 0..<67 {
            file +=
                "\nQUEUE_NAME[\(queue)]=\"queue\(queue)\" QUEUE_ACCESS[\(queue)]=\""
                + String(repeating: ":vo\(queue):", count: 40) + "\""
            file +=
                " QUEUE_STATUS[\(queue)]=\"enabled\" QUEUE_JOBWAIT[\(queue)]=\"" + String(repeating: "x", count: 250)
                + "\""
        }
        try directory.write("hosts", "h f\n")
        try directory.write("f", file)
        let talk = try await driver("-l hosts --gwd 5.14")
        let requests = 200
        talk.send(Array((0..<requests).map { "MONITOR \($0) h -\n" }.joined().utf8))
        var heard: Set<String> = []
        var infos: Set<String> = []
        for _ in 0..<requests {
            let words = try await talk.hear("MONITOR").split(separator: " ", maxSplits: 3).map(String.init)
            heard.insert(words[1])
            infos.insert(words[3])
        }
        #expect(heard.count == requests)
        #expect(infos.count == 1)
        let info = try #require(infos.first)
        #expect(info.utf8.count > 35_000)
        #expect(GWDAttributes(info).complaints == [])
        try await end(talk)
    }

    @Test func bug16ParallelRequestsStartNoProcesses() async throws {
        try directory.write("hosts", "h f\n")
        try directory.write("f", "ARCH=\"x\"")
        let talk = try await driver()
        talk.send(Array((0..<5_000).map { "MONITOR \($0) h -\n" }.joined().utf8))
        let tasks = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(talk.pid)/task")
        #expect(tasks.count <= 40)
        for task in tasks {
            let children = try? String(contentsOfFile: "/proc/\(talk.pid)/task/\(task)/children", encoding: .utf8)
            #expect(children ?? "" == "")
        }
        for _ in 0..<5_000 { _ = try await talk.hear("MONITOR") }
        try await end(talk)
    }

    @Test func bug16TheNameOfTheProgramChangesNothing() async throws {
        try directory.write("hosts", "h f\n")
        try directory.write("f", "ARCH=\"x\"")
        let link = directory.path + "/gw_im_mad_anything"
        try FileManager.default.createSymbolicLink(
            atPath: link, withDestinationPath: Talk.executable("gw_im_mad_static").path)
        let talk = try await driver(program: link)
        #expect(try await talk.ask("MONITOR 0 h -") == "MONITOR 0 SUCCESS HOSTNAME=\"h\" ARCH=\"x\"")
        try await end(talk)
    }

    @Test func bug16ErrorsStayOnOneLine() async throws {
        try directory.write("hosts", "h f\n")
        try directory.write("f", "ARCH=\"x\" \u{b}MONITOR\u{c}1 SUCCESS")
        let talk = try await driver()
        let answer = try await talk.ask("MONITOR 0 h -")
        #expect(answer.hasPrefix("MONITOR 0 FAILURE \(directory.path)/f line 1: MONITOR is followed by "))
        #expect(try await talk.ask("DISCOVER - - -") == "DISCOVER - SUCCESS h")
        try await end(talk)
        #expect(talk.transcript.count == 3)
    }

    @Test func bug16NothingIsLeftInTheWorkingDirectory() async throws {
        try directory.write("hosts", "h f\n")
        try directory.write("f", "ARCH=\"x\"")
        let talk = try await driver()
        _ = try await talk.ask("DISCOVER - - -")
        _ = try await talk.ask("MONITOR 0 h -")
        try await end(talk)
        #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted() == ["f", "hosts"])
    }

    /// GridWay's driver answered "Can't access  file": the name was set in a subshell and lost.
    @Test func missingAttributeFileIsNamed() async throws {
        try directory.write("hosts", "h missing.attributes\n")
        let talk = try await driver()
        #expect(try await talk.ask("MONITOR 1 h -").contains(" missing.attributes "))
        try await end(talk)
    }

    /// Attribute files that made a real gwd 5.14 stumble, ignore a value or wrap it.
    @Test(arguments: [
        ("float", "CPU_MHZ=2499.9", "CPU_MHZ=2499"), ("unquoted", "ARCH=x86_64", "ARCH=\"x86_64\""),
        ("escaped quotes", "CPU_MODEL=\"Xeon \\\"Gold\\\" 6\"", "CPU_MODEL=\"Xeon Gold 6\""),
        ("wrap", "SIZE_DISK_MB=99999999999", "SIZE_DISK_MB=2147483647"), ("empty", "CPU_MHZ=", "CPU_MHZ=0"),
        ("text for a number", "SIZE_MEM_MB=\"4096\"", "SIZE_MEM_MB=4096"),
        ("commas", "ARCH=\"x86_64\", OS_NAME=\"Linux\",", "ARCH=\"x86_64\" OS_NAME=\"Linux\""),
        ("signs in a text", "CPU_MODEL=\"a,b;c#d(e)\"", "CPU_MODEL=\"a,b;c#d(e)\""),
        ("negative", "NODECOUNT=-1", "NODECOUNT=0"),
    ])
    func trapOfGWD(name: String, text: String, told: String) async throws {
        try directory.write("hosts", "h f\n")
        try directory.write("f", "OS_VERSION=\"1\"\n\(text)\nQUEUE_NAME[0]=\"q\" QUEUE_NODECOUNT[0]=4\n")
        let talk = try await driver()
        let answer = try await talk.ask("MONITOR 0 h -")
        #expect(answer.contains(" \(told) "), "\(name): \(answer)")
        let heard = GWDAttributes(answer.split(separator: " ", maxSplits: 3).last.map(String.init) ?? "")
        #expect(heard.complaints == [])
        #expect(heard.values["QUEUE_NODECOUNT[0]"] == .integer(4))
        try await end(talk)
    }

    @Test(arguments: [(70, "5.14"), (400, "5.14"), (400, "5.4")])
    func trapOfGWDTooManyQueues(queues: Int, release: String) async throws {
        try directory.write("hosts", "h f\n")
        let row = { (number: Int) in
            "QUEUE_NAME[\(number)]=\"q\(number)\" QUEUE_NODECOUNT[\(number)]=4 QUEUE_STATUS[\(number)]=\"enabled\"\n"
        }
        try directory.write("f", (0..<queues).map(row).joined() + (0..<200).map { "SW_\($0)=\"v\"\n" }.joined())
        let talk = try await driver("-l hosts --gwd \(release)")
        let answer = try await talk.ask("MONITOR 0 h -")
        #expect(answer.utf8.count <= (release == "5.4" ? 16_000 : 65_000))
        let heard = GWDAttributes(answer.split(separator: " ", maxSplits: 3).last.map(String.init) ?? "")
        #expect(heard.complaints == [])
        #expect(heard.values["QUEUE_NAME[66]"] == .text("q66"))
        #expect(heard.genericTexts.count == (release == "5.4" ? 20 : 134))
        try await end(talk)
    }
}
