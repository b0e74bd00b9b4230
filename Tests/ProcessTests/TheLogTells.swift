import Foundation
import TestSupport
import Testing

/// Contract 13: log and trace.
@Suite struct TheLogTells {
    private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> Talk {
        let talk = try Talk(
            "mad_probe", Talk.Start(arguments, environment: environment.merging(["MAD_PROBE": "transfer"]) { $1 }))
        _ = try await talk.ask("INIT 200 - - - -")
        _ = try await talk.ask("START 1 - - - - ")
        talk.say("FINALIZE - - - - -")
        _ = try await talk.finish()
        return talk
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func aLogFileHoldsOneEventPerLineAndIsPrivate() async throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/mad.log"
        let talk = try await run(["--log \(path) --log-level info"])
        let lines = try directory.read("mad.log").split(separator: "\n")
        #expect(lines.count >= 2)
        #expect(lines.allSatisfy { $0.contains(" level=") && $0.contains(" event=") && $0.contains("pid=\(talk.pid)") })
        #expect(try mode(path) == 0o600)
        #expect(talk.complaints.isEmpty)
    }

    @Test(arguments: ["MADDEBUG", "MAD_DEBUG"])
    func theOldDebugSwitchesRaiseTheLevel(name: String) async throws {
        #expect(try await run([], [name: "yes"]).complaints.contains("event=start"))
        #expect(try await run([]).complaints.isEmpty)
    }

    @Test func aLogFileBehindALinkIsRefused() async throws {
        let directory = try TemporaryDirectory()
        try directory.write("target", "")
        try FileManager.default.createSymbolicLink(atPath: directory.path + "/link", withDestinationPath: "target")
        let talk = try Talk("mad_probe", Talk.Start(["--log \(directory.path)/link"]))
        #expect(try await talk.ask("INIT 200 - - - -").hasPrefix("INIT - - FAILURE cannot open \(directory.path)/link"))
        #expect(try directory.read("target").isEmpty)
    }

    @Test(arguments: ["--log", "--trace"])
    func aFIFOInPlaceOfAFileHoldsNobodyUp(option: String) async throws {
        let directory = try TemporaryDirectory()
        #expect(mkfifo(directory.path + "/fifo", 0o600) == 0)
        let talk = try Talk("mad_probe", Talk.Start([option, directory.path + "/fifo"]))
        #expect(try await talk.ask("INIT 200 - - - -", within: .seconds(3)).hasPrefix("INIT - - FAILURE cannot open"))
    }

    @Test func theTraceRecordsBothDirections() async throws {
        let directory = try TemporaryDirectory()
        _ = try await run(["--trace=\(directory.path)/wire"])
        let lines = try directory.read("wire").split(separator: "\n").map { $0.drop { $0 != " " }.dropFirst() }
        #expect(
            lines == [
                "> INIT 200 - - - -", "< INIT - - SUCCESS -", "> START 1 - - - - ", "< START 1 - SUCCESS -",
                "> FINALIZE - - - - -", "< FINALIZE - - SUCCESS -",
            ])
        #expect(try mode(directory.path + "/wire") == 0o600)
    }

    @Test(arguments: [
        ("--log-level loud", "--log-level"), ("--gwd five", "--gwd"), ("--timeout 0", "--timeout"),
        ("--parallel many", "--parallel"), ("--log /no/such/place/log", "/no/such/place/log"), ("stray", "stray"),
        ("--log", "--log needs a value"), ("-u 'a", "quotation"),
    ])
    func aWrongValueIsNamedInTheAnswerToInit(arguments: String, name: String) async throws {
        let talk = try Talk("mad_probe", Talk.Start([arguments], environment: ["MAD_PROBE": "transfer"]))
        let reply = try await talk.ask("INIT 200 - - - -")
        #expect(reply.hasPrefix("INIT - - FAILURE ") && reply.contains(name))
        #expect(try await talk.finish(within: .seconds(2)) != 0)
    }
}
