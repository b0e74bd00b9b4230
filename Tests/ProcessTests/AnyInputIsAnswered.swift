import TestSupport
import Testing

/// Contract 1, 2 and 11: one whole line in reply to anything.
@Suite struct AnyInputIsAnswered {
    private func transfer(_ arguments: [String] = []) async throws -> Talk {
        let talk = try Talk("mad_probe", Talk.Start(arguments, environment: ["MAD_PROBE": "transfer"]))
        #expect(try await talk.ask("INIT 200 - - - -") == "INIT - - SUCCESS -")
        return talk
    }

    @Test func aGoodRequestGetsItsNumbersBack() async throws {
        let talk = try await transfer()
        #expect(try await talk.ask("START 7 - - - - ") == "START 7 - SUCCESS -")
        #expect(try await talk.ask("MKDIR 7 - - gsiftp://h/~/x/ - ") == "MKDIR 7 - SUCCESS gsiftp://h/~/x/")
        #expect(try await talk.ask("CP 7 4 X file:///a gsiftp://h/a") == "CP 7 4 SUCCESS (file:///a->gsiftp://h/a)")
        #expect(try await talk.ask("EXISTS 7 - - absent - ") == "EXISTS 7 - FAILURE absent does not exist")
        #expect(try await talk.ask("RMDIR 7 - - gsiftp://h/~/x/ - ") == "RMDIR 7 - SUCCESS -")
        #expect(try await talk.ask("END 7 - - - - ") == "END 7 - SUCCESS -")
    }

    @Test(arguments: [
        ("FOO 1 2 3", "FOO 1 - FAILURE "), ("foo", "FOO - - FAILURE "), ("", "- - - FAILURE "),
        ("   \t ", "- - - FAILURE "),
        ("CP 0 2", "CP 0 2 FAILURE Not enough parameters."), ("CP 0 1 - a", "CP 0 1 FAILURE "),
        ("CP 0 1 Y a b", "CP 0 1 FAILURE "), ("CP 0 1 - a b c", "CP 0 1 FAILURE "), ("CP", "CP - - FAILURE "),
        ("START 99999999999 - - - -", "START - - FAILURE "), ("START -1 - - - -", "START - - FAILURE "),
        ("START x", "START - - FAILURE "), ("MKDIR 3 - - gsiftp://h/ -", "MKDIR 3 - FAILURE "),
        ("MKDIR 99999999 - - gsiftp://h/ -", "MKDIR 99999999 - FAILURE "), ("END 3 - - - -", "END 3 - FAILURE "),
        ("CP 2147483647 2147483647 - a b", "CP 2147483647 2147483647 FAILURE "),
        ("THISVERBISMUCHLONGERTHANGWDSBUFFER 1 - - - -", "THISVERBISMUCHLONGE 1 - FAILURE "),
        ("start\t5", "START 5 - SUCCESS -"), ("  START   6  -  -  -  -  \r", "START 6 - SUCCESS -"),
        ("INIT", "INIT - - SUCCESS -"),
    ])
    func anOddLineGetsOneReply(line: String, reply: String) async throws {
        let talk = try await transfer()
        #expect(try await talk.ask(line).hasPrefix(reply))
        #expect(try await talk.ask("START 9 - - - -") == "START 9 - SUCCESS -")
        #expect(talk.transcript.count == 3)
    }

    @Test func shortLinesOfAnExecutionDriverNameTheVerbAndTheJob() async throws {
        let talk = try Talk("mad_probe", Talk.Start(environment: ["MAD_PROBE": "execution"]))
        #expect(try await talk.ask("INIT 200 - -") == "INIT - SUCCESS -")
        #expect(try await talk.ask("SUBMIT 11") == "SUBMIT 11 FAILURE Not all four arguments defined")
        #expect(try await talk.ask("SUBMIT") == "SUBMIT - FAILURE the request names no job")
        #expect(try await talk.ask("POLL 77 - -") == "POLL 77 FAILURE Job does not exist")
        #expect(try await talk.ask("CANCEL 4000000 - -") == "CANCEL 4000000 FAILURE Job does not exist")
        #expect(try await talk.ask("POLL x - -") == "POLL - FAILURE 'x' is not a job number")
        #expect(try await talk.ask("RECOVER 1 - -").hasPrefix("RECOVER 1 FAILURE "))
        #expect(try await talk.ask("BLAH 1 - -") == "BLAH 1 FAILURE Unknown command BLAH")
    }

    @Test func binaryInputIsAnsweredLineByLine() async throws {
        let talk = try await transfer()
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var bytes = (0..<100).map { _ in UInt8.random(in: 0...255, using: &generator) }.filter { $0 != 0x0A }
            bytes.append(0x0A)
            talk.send(bytes)
            let reply = try await talk.hear()
            #expect(reply.contains(" FAILURE "))
            #expect(reply.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F })
        }
    }

    @Test func aRequestThatIsNotUTF8IsRefusedBecauseItsNamesCannotBeTrusted() async throws {
        let talk = try await transfer()
        talk.send(Array("START 1 - - - -\nCP 1 0 - file:///a\u{20}".utf8) + [0xFF, 0x0A])
        _ = try await talk.hear("START")
        talk.send(Array("CP 1 0 - file:///".utf8) + [0xE9, 0x20, 0x62, 0x0A])
        #expect(try await talk.hear("CP 1 0 FAILURE the request is not UTF-8").isEmpty == false)
    }

    @Test func aLineOf64KiBIsTaken() async throws {
        let talk = try await transfer()
        _ = try await talk.ask("START 1 - - - -")
        let url = "file:///" + String(repeating: "a", count: 65_536 - 40)
        let reply = try await talk.ask("CP 1 0 - \(url) gsiftp://h/a")
        #expect(reply.hasPrefix("CP 1 0 SUCCESS (file:///aaa"))
        #expect(reply.utf8.count <= 500)
    }

    @Test func aLineThatIsTooLongFailsAndTheNextOneWorks() async throws {
        let talk = try await transfer()
        talk.say("START 3 " + String(repeating: "x", count: 1_000_000))
        #expect(try await talk.hear().hasPrefix("START 3 - FAILURE the request is longer than 65536 bytes"))
        #expect(try await talk.ask("START 4 - - - -") == "START 4 - SUCCESS -")
    }

    @Test func aNameOfCombiningMarksCostsNoTime() async throws {
        let talk = try await transfer()
        _ = try await talk.ask("START 1 - - - -")
        let started = ContinuousClock.now
        let reply = try await talk.ask("CP 1 0 - a" + String(repeating: "\u{301}", count: 30_000) + " b")
        #expect(ContinuousClock.now - started < .seconds(4))
        #expect(reply.utf8.count > 400)
    }

    @Test func aRequestInPiecesIsTheSameRequest() async throws {
        let talk = try await transfer()
        for byte in "START 12 - - - - \n".utf8 {
            talk.send([byte])
            try await Task.sleep(for: .milliseconds(1))
        }
        #expect(try await talk.hear() == "START 12 - SUCCESS -")
    }

    @Test func anUnexpectedErrorOfTheDriverIsAFailure() async throws {
        let talk = try await transfer()
        _ = try await talk.ask("START 1 - - - -")
        #expect(try await talk.ask("MKDIR 1 - - probe:odd -").hasPrefix("MKDIR 1 - FAILURE internal error: "))
    }

    @Test func aTextWithLineEndsCannotForgeAReply() async throws {
        let talk = try await transfer()
        _ = try await talk.ask("START 1 - - - -")
        let reply = try await talk.ask("MKDIR 1 - - probe:forge -")
        #expect(reply == "MKDIR 1 - FAILURE first line CALLBACK 1 SUCCESS DONE [31mend:")
        _ = try await talk.ask("END 1")
        #expect(talk.transcript.count == 4)
    }

    @Test func infoFitsTheOldestGWDAndEndsOnACharacter() async throws {
        let talk = try await transfer()
        _ = try await talk.ask("START 1 - - - -")
        let reply = try await talk.ask("MKDIR 1 - - probe:long -")
        #expect(reply.utf8.count <= "MKDIR 1 - FAILURE ".utf8.count + 480)
        #expect(!reply.contains("\u{FFFD}"))
    }

    @Test func aNewerGWDMayBeToldMore() async throws {
        let talk = try await transfer(["--gwd 5.14"])
        _ = try await talk.ask("START 1 - - - -")
        #expect(try await talk.ask("MKDIR 1 - - probe:long -").utf8.count > 60_000)
    }

    @Test func longRepliesOfManyHostsAreNeverSpliced() async throws {
        let talk = try Talk(
            "mad_probe", Talk.Start(["--gwd 5.14"], environment: ["MAD_PROBE": "information"]))
        _ = try await talk.ask("INIT - - -")
        for id in 0..<40 { talk.say("MONITOR \(id) big -") }
        var seen = Set<Substring>()
        for _ in 0..<40 {
            let line = try await talk.hear()
            #expect(line.hasPrefix("MONITOR ") && line.contains(" SUCCESS HOSTNAME=\"big\""))
            #expect(line.utf8.count > 20_000 && line.utf8.count < 65_536)
            seen.insert(line.split(separator: " ")[1])
        }
        #expect(seen.count == 40)
    }
}
