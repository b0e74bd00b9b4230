import Foundation
import TestSupport
import Testing

@Suite struct CommandTests {
    private let stage: Stage

    init() throws { stage = try Stage() }

    @Test(arguments: [
        ["help"], ["--help"], ["help", "run"], ["run", "--help"], ["hosts", "-h"], ["check", "-h"], ["--version"],
    ])
    func helpGoesToStdout(arguments: [String]) async throws {
        let outcome = try await stage.run(arguments)
        #expect(outcome.status == 0)
        #expect(outcome.output.first?.contains("gwmad") == true)
        #expect(outcome.messages == "")
    }

    @Test(arguments: [
        [], ["walk"], ["--walk"], ["run", "--walk"], ["run"], ["hosts", "--parallel", "x"], ["hosts", "--json=1"],
        ["run", "--poll"], ["run", "--gwd", "now", "/bin/true"], ["help", "walk"],
        ["run", "--env", "1=2", "/bin/true"],
    ])
    func wrongUsageIs64AndSaysWhatIsWrong(arguments: [String]) async throws {
        let outcome = try await stage.run(arguments)
        #expect(outcome.status == 64, "\(outcome.messages)")
        #expect(outcome.output == [])
        #expect(outcome.messages.hasPrefix("gwmad: "))
    }

    @Test func aMissingConfigurationIs78() async throws {
        #expect(try await stage.run(["hosts"]).status == 78)
        #expect(try await stage.run(["hosts", "--config", "none"]).status == 78)
        try stage.home.write("empty.conf", "GWD_PORT = 1\n")
        let outcome = try await stage.run(["hosts", "-c", "empty.conf"])
        #expect(outcome.status == 78)
        #expect(outcome.messages.contains("empty.conf: no IM_MAD line"))
    }

    @Test func aConfigurationThatIsNoFileIs78() async throws {
        #expect(mkfifo(stage.home.path + "/fifo", 0o600) == 0)
        for path in ["fifo", ".", "/dev/zero"] {
            let outcome = try await stage.run(["hosts", "-c", path])
            #expect(outcome.status == 78)
            #expect(outcome.messages.contains("not a regular file"))
        }
    }

    /// `run` starts drivers in its work directory, and yet a path means the same as to `hosts`.
    @Test func relativePathsCountFromWhereGwmadWasCalled() async throws {
        try FileManager.default.createSymbolicLink(
            atPath: stage.home.path + "/drv2", withDestinationPath: Talk.executable("mad_stand_in").path)
        for im in ["./drv2 im home=.", "one:./drv2:im home=."] {
            let hosts = try await stage.run(["hosts", "--im", im])
            #expect(hosts.status == 0, "\(hosts.messages)")
            let outcome = try await stage.run([
                "run", "--im", im, "--tm", "./drv2 tm home=\(stage.home.path)",
                "--em", "../\(stage.home.path.split(separator: "/").last ?? "")/drv2 em home=\(stage.home.path)",
                "/bin/echo", "x",
            ])
            #expect(outcome.status == 0, "\(outcome.messages)")
            #expect(try stage.home.read("im.card").contains("cwd=\(stage.home.path)\n"))
        }
    }

    @Test func theConfigurationOfTheTreeIsTheDefault() async throws {
        let etc = "\(stage.home.path)/etc"
        try FileManager.default.createDirectory(atPath: etc, withIntermediateDirectories: true)
        try stage.home.write(
            "etc/gwd.conf",
            """
            IM_MAD = one:mad_stand_in:im home=\(stage.home.path) hosts=h1.test:ftp:prews
            TM_MAD = ftp:mad_stand_in:tm home=\(stage.home.path)
            EM_MAD = prews:mad_stand_in:em home=\(stage.home.path):rsl
            """)
        let outcome = try await stage.run(
            ["run", "/bin/echo", "-n", "x"], environment: ["GW_LOCATION": stage.home.path])
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.messages.contains("h1.test/jobmanager-fork"))
    }
}

@Suite struct HostsTests {
    private let stage: Stage

    init() throws { stage = try Stage() }

    private func hosts(_ im: String, _ options: [String] = []) async throws -> Stage.Outcome {
        try await stage.run(["hosts", "--im", "mad_stand_in im home=\(stage.home.path) \(im)"] + options)
    }

    @Test func everyPageOfALongListIsAsked() async throws {
        let outcome = try await hosts("hosts=c.test,a.test,e.test,b.test,d.test page=2", ["--parallel", "2"])
        #expect(outcome.status == 0, "\(outcome.messages)")
        #expect(outcome.output.dropFirst().map { $0.prefix(6) } == ["a.test", "b.test", "c.test", "d.test", "e.test"])
        #expect(outcome.messages == "")
    }

    @Test func oneDeadHostIsShownAndTheOthersCount() async throws {
        let outcome = try await hosts("hosts=a.test,b.test broken=a.test")
        #expect(outcome.status == 0)
        #expect(outcome.output[1].hasSuffix("no answer"))
        #expect(outcome.messages.contains("a.test: host unreachable (stand-in)"))
    }

    @Test func noAnswerAtAllIs121() async throws {
        #expect(try await hosts("fault=monitor-failure").status == 121)
        #expect(try await hosts("fault=discover-failure").status == 121)
        #expect(try await hosts("fault=init-failure").status == 120)
    }

    @Test func hostsCanBeNamed() async throws {
        let outcome = try await hosts("hosts=a.test:2119,b.test", ["a.test", "z.test"])
        #expect(outcome.status == 0)
        #expect(outcome.output.count == 3)
        #expect(outcome.messages.contains("z.test: no information driver names this host"))
    }

    @Test func jsonIsForPrograms() async throws {
        let outcome = try await hosts("hosts=a.test,b.test broken=b.test", ["--json"])
        let text = outcome.output.joined(separator: "\n")
        let root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        let hosts = try #require(root["hosts"] as? [[String: Any]])
        #expect((hosts[0]["attributes"] as? [String: Any])?["FREE_MEM_MB"] as? Int == 2048)
        #expect(hosts[1]["error"] as? String == "host unreachable (stand-in)")
    }

    @Test func theReleaseSaysHowManyAttributesThereMayBe() async throws {
        let fine = try await hosts("generic=20", ["--gwd", "5.4"])
        #expect(fine.messages == "")
        let old = try await hosts("generic=21", ["--gwd", "5.4"])
        #expect(old.messages.contains("driver defect") && old.messages.contains("21 generic texts: gwd keeps 20"))
        #expect(try await hosts("generic=21").messages == "")
        #expect(try await hosts("generic=200").messages.contains("200 generic texts: gwd keeps 134"))
    }

    @Test func escapesOfADriverAreNotShown() async throws {
        for options in [[], ["-v"]] {
            let outcome = try await hosts("fault=escapes", options)
            #expect(outcome.messages.contains("[31mred"))
            #expect(!outcome.messages.unicodeScalars.contains { $0 == "\u{1B}" || $0 == "\u{202E}" })
        }
    }

    @Test func anEndlessListEnds() async throws {
        let outcome = try await hosts("fault=endless")
        #expect(outcome.status == 0)
        #expect(outcome.messages.contains("DISCOVER names new hosts each time; stopped after 100 times"))
        #expect(outcome.output.count == 101)
    }

    @Test func aReportThatCannotBeWrittenIsToldAnd125() async throws {
        let home = stage.home.path
        let drivers = stage.drivers().map { "'\($0)'" }.joined(separator: " ")
        for arguments in ["hosts --im 'mad_stand_in im home=\(home)'", "run \(drivers) /bin/echo x", "help"] {
            let command = "exec '\(Talk.executable("gwmad").path)' \(arguments) >/dev/full 2>messages"
            #expect(try await Talk("/bin/sh", .init(["-c", command], directory: home)).finish() == 125)
            #expect(try stage.home.read("messages").contains("cannot write the output: No space left on device"))
        }
    }

    @Test func severalDriversOfAFileAreAskedAndOneMayFail() async throws {
        try stage.home.write(
            "gwd.conf",
            """
            IM_MAD = one:mad_stand_in:im home=\(stage.home.path) hosts=a.test,b.test
            IM_MAD = two:mad_stand_in:im fault=init-failure home=\(stage.home.path)
            IM_MAD = three:mad_stand_in:im home=\(stage.home.path) hosts=b.test,c.test
            """)
        let outcome = try await stage.run(["hosts", "--config", "gwd.conf"])
        #expect(outcome.status == 0)
        #expect(outcome.output.count == 4)
        #expect(outcome.messages.contains("(IM_MAD two): INIT - - - -> FAILURE: no host list (stand-in)"))
    }
}
