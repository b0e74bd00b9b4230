import Foundation
import Glibc
import TestSupport
import Testing

/// Contract 4, 5 and 6: what a driver makes of the process and the arguments that it is given.
@Suite struct StartIsClean {
    private func ready(_ start: Talk.Start) async throws -> Talk {
        var start = start
        start.environment["MAD_PROBE"] = "transfer"
        let talk = try Talk("mad_probe", start)
        #expect(try await talk.ask("INIT 200 - - - -").hasPrefix("INIT - - SUCCESS "))
        return talk
    }

    private func status(_ talk: Talk, _ field: String) throws -> String {
        let text = try String(contentsOfFile: "/proc/\(talk.pid)/status", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") }
        return line?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "missing"
    }

    @Test func signalsBlockedByGWDAreUnblocked() async throws {
        let talk = try await ready(Talk.Start(blocksSignals: true))
        #expect(try UInt64(status(talk, "SigBlk"), radix: 16) == 0)
        talk.signal(SIGTERM)
        #expect(try await talk.finish(within: .seconds(2)) == 0)
    }

    @Test func sigpipeIsIgnoredWhateverTheParentDid() async throws {
        let talk = try await ready(Talk.Start())
        let ignored = try #require(UInt64(status(talk, "SigIgn"), radix: 16))
        #expect(ignored & (1 << UInt64(SIGPIPE - 1)) != 0)
    }

    @Test func descriptorsLeakedByGWDAreClosed() async throws {
        let probe = Talk.executable("mad_probe").path
        let talk = try Talk(
            "/bin/bash",
            Talk.Start(
                ["-c", "exec 7</etc/passwd 23</etc/passwd 200</etc/passwd; exec \(probe)"],
                environment: ["MAD_PROBE": "transfer"]))
        #expect(try await talk.ask("INIT 200 - - - -") == "INIT - - SUCCESS -")
        let open = try FileManager.default.contentsOfDirectory(atPath: "/proc/\(talk.pid)/fd").compactMap {
            descriptor in
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(talk.pid)/fd/\(descriptor)")
        }
        #expect(!open.contains("/etc/passwd"))
    }

    @Test(arguments: ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
    func missingStandardDescriptorsDoNoHarm(closing: String) async throws {
        let probe = Talk.executable("mad_probe").path
        let talk = try Talk(
            "/bin/bash", Talk.Start(["-c", "exec \(probe) \(closing)"], environment: ["MAD_PROBE": "transfer"]))
        if closing == "2>&-" { #expect(try await talk.ask("INIT 200 - - - -") == "INIT - - SUCCESS -") }
        talk.closeInput()
        #expect(try await talk.finish(within: .seconds(2)) == 0)
    }

    @Test func whatALibraryPrintsNeverReachesTheWire() async throws {
        let talk = try await ready(Talk.Start())
        _ = try await talk.ask("START 1 - - - -")
        #expect(try await talk.ask("MKDIR 1 - - probe:print -") == "MKDIR 1 - SUCCESS probe:print")
        talk.say("FINALIZE - - - - -")
        _ = try await talk.finish()
        #expect(talk.transcript.count == 4)
        #expect(talk.complaints.contains("CALLBACK 1 SUCCESS DONE"))
    }

    @Test func umaskAndNiceLevelAreSet() async throws {
        let talk = try await ready(Talk.Start(environment: ["PRIORITY": "7"]))
        #expect(try status(talk, "Umask") == "0022")
        errno = 0
        #expect(getpriority(__priority_which_t(PRIO_PROCESS.rawValue), id_t(talk.pid)) == 7)
    }

    @Test func aPriorityThatIsNoNumberIsIgnored() async throws {
        _ = try await ready(Talk.Start(environment: ["PRIORITY": "high"]))
    }

    @Test(arguments: [
        [""], [], ["-u gsiftp://h --gwd 5.14"], ["-u", "gsiftp://h", "--gwd", "5.14"], ["  -u   gsiftp://h  "],
        ["--url=gsiftp://h"], ["-ugsiftp://h"], ["--url 'gsiftp://h'"], ["-u \"gsiftp://h\""],
    ])
    func argumentsOfGWDAndOfAShellAreTheSame(arguments: [String]) async throws {
        let talk = try Talk("mad_probe", Talk.Start(arguments, environment: ["MAD_PROBE": "transfer"]))
        let isEmpty = arguments.joined().isEmpty
        #expect(try await talk.ask("INIT 200 - - - -") == "INIT - - SUCCESS " + (isEmpty ? "-" : "gsiftp://h"))
    }

    @Test func starsAndBackslashesInArgumentsStayAsTheyAre() async throws {
        let talk = try await ready(Talk.Start(["-u (&(a=*b)(c=\\2a))"], directory: "/"))
        #expect(talk.transcript == ["INIT - - SUCCESS (&(a=*b)(c=\\2a))"])
    }

    @Test func startUpFilesOfTheSiteAndTheUserAreReadInOrder() async throws {
        let site = try TemporaryDirectory()
        try FileManager.default.createDirectory(atPath: site.path + "/etc/gridway", withIntermediateDirectories: true)
        try site.write(
            "etc/gwrc", "FIRST=site\nSECOND=site\nif true; then\n  INSIDE=yes\nfi\necho noise; echo noise >&2\n")
        try site.write("etc/gridway/gwrc", "SECOND=\"$FIRST-gridway\"\nread from_stdin\n")
        let home = try TemporaryDirectory()
        try home.write(".gwrc", "THIRD=user; export THIRD\nX509_CERT_DIR=$HOME/certificates\n")
        let talk = try await ready(Talk.Start(environment: ["GW_LOCATION": site.path, "HOME": home.path]))
        _ = try await talk.ask("START 1 - - - -")
        for (name, value) in [
            "FIRST": "site", "SECOND": "site-gridway", "THIRD": "user", "INSIDE": "yes",
            "X509_CERT_DIR": "\(home.path)/certificates", "LC_ALL": "C",
        ] {
            #expect(try await talk.ask("MKDIR 1 - - probe:variable/\(name) -") == "MKDIR 1 - FAILURE \(name)=\(value)")
        }
        #expect(talk.transcript.count == 8)
    }

    @Test func aStartUpFileMayNameTheInstallationUnsetAVariableAndExit() async throws {
        let site = try TemporaryDirectory()
        let home = try TemporaryDirectory()
        try home.write(".gwrc", "GW_LOCATION=\(site.path)\nunset UNWANTED\nLAST=yes\nexit 0\nLAST=no\n")
        let talk = try await ready(
            Talk.Start(
                ["--log-level info"], environment: ["HOME": home.path, "UNWANTED": "x"], without: ["GW_LOCATION"]))
        _ = try await talk.ask("START 1 - - - -")
        for (name, value) in ["LAST": "yes", "UNWANTED": "unset"] {
            #expect(try await talk.ask("MKDIR 1 - - probe:variable/\(name) -") == "MKDIR 1 - FAILURE \(name)=\(value)")
        }
        try await talk.hearComplaint("gw_location=\(site.path)")
    }

    @Test(arguments: ["sleep 100", "exit 3", "kill -9 $$", "("])
    func aStartUpFileThatFailsIsNamedAndTheDriverWorks(content: String) async throws {
        let home = try TemporaryDirectory()
        try home.write(".gwrc", content + "\n")
        let talk = try await ready(Talk.Start(environment: ["HOME": home.path]))
        if content != "(" { try await talk.hearComplaint("gwrc") }
    }

    @Test func theInstallationIsFoundFromTheExecutableWhenSudoTookTheVariable() async throws {
        let site = try TemporaryDirectory()
        for folder in ["bin", "etc"] {
            try FileManager.default.createDirectory(atPath: "\(site.path)/\(folder)", withIntermediateDirectories: true)
        }
        // Copied by a process of its own: a descriptor open for writing here would be inherited by other tests' children.
        let copy = try Talk("/bin/cp", Talk.Start([Talk.executable("mad_probe").path, site.path + "/bin/gw_tm_probe"]))
        #expect(try await copy.finish() == 0)
        try site.write("etc/gwrc", "FOUND=here\n")
        let talk = try Talk(
            site.path + "/bin/gw_tm_probe", Talk.Start(environment: ["MAD_PROBE": "transfer"], without: ["GW_LOCATION"])
        )
        _ = try await talk.ask("INIT 200 - - - -")
        _ = try await talk.ask("START 1 - - - -")
        #expect(try await talk.ask("MKDIR 1 - - probe:variable/FOUND -") == "MKDIR 1 - FAILURE FOUND=here")
    }
}
