import Foundation
import TestSupport
import Testing

/// Files to and from Globus' own clients, and plain web clients.
@Suite struct TheServerServes {
    @Test func aJobFetchesItsFilesAndBringsItsResults() async throws {
        let staging = try await StagingTalk()
        try await staging.stageInSettings("export GW_JOB_HOME=\"\(staging.path("home"))\"\n")
        let input = try staging.folder.write("elsewhere/input", "what the job needs\n")
        #expect(try await staging.fetch(input) == nil)
        #expect(try await staging.stageIn(input).hasPrefix("CP 0 0 SUCCESS"))
        #expect(try await staging.fetch(input) == "what the job needs\n")
        // gwd puts a path with its slash behind a URL that may end in one.
        #expect(try await staging.fetch("/" + input) == "what the job needs\n")
        #expect(try await staging.bring("result\n", to: staging.path("home/out")))
        #expect(try staging.folder.read("home/out") == "result\n")
        #expect(try mode(of: staging.path("home/out")) == 0o644)
        #expect(try await staging.bring("newer\n", to: staging.path("home/out")))
        #expect(try staging.folder.read("home/out") == "newer\n")
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: staging.path("home")).sorted() == [".hidden", "out"])
        try await staging.finish()
    }

    @Test func anEmptyAndALargeFileArriveWhole() async throws {
        let staging = try await StagingTalk()
        let empty = try staging.folder.write("gw/var/0/empty", "")
        #expect(try await staging.fetch(empty) == "")
        let bytes = Data((0..<(9 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 7) })
        let large = try staging.folder.write("gw/var/0/large", bytes)
        let back = try await staging.run(
            "globus-url-copy '\(staging.url)\(large)' 'file://\(staging.path("one"))' && "
                + "globus-url-copy 'file://\(staging.path("one"))' '\(staging.url)\(staging.path("gw/var/0/stdout.two"))'"
        )
        #expect(back.isGood, "\(back.text)")
        #expect(try Data(contentsOf: URL(fileURLWithPath: staging.path("gw/var/0/stdout.two"))) == bytes)
    }

    @Test func whatIsAppendedComesBehindWhatIsThere() async throws {
        let staging = try await StagingTalk("-i")
        let file = try staging.folder.write("gw/var/0/stdout.log", "one\n")
        let reply = try await Caller.ask(
            staging.port, "POST /globus-bins/GASSappend?\(file) HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\ntwo\n")
        #expect(reply.hasPrefix("HTTP/1.1 200 "))
        #expect(try staging.folder.read("gw/var/0/stdout.log") == "one\ntwo\n")
    }

    @Test(arguments: ["two words", "a%41b", "grüße", "plus+and&more", "-dash"])
    func namesAreTakenAsTheyAre(name: String) async throws {
        let staging = try await StagingTalk("-i")
        let path = try staging.folder.write("gw/var/0/stdout.\(name)", "right\n")
        let get = try await Caller.ask(staging.port, "GET \(path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        #expect(get.hasPrefix("HTTP/1.1 200 ") && get.hasSuffix("\r\n\r\nright\n"))
        let put = try await Caller.ask(
            staging.port, "PUT \(path).new HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nnew")
        #expect(put.hasPrefix("HTTP/1.1 200 "))
        #expect(try staging.folder.read("gw/var/0/stdout.\(name).new") == "new")
    }

    @Test func webClientsAreServedOnOneConnection() async throws {
        let staging = try await StagingTalk("-i")
        let file = try staging.folder.write("gw/var/0/stdout.file", "text\n")
        let result = try await staging.run(
            "curl -sS -w '%{http_code} %{num_connects}|' '\(staging.url)\(file)' '\(staging.url)\(file)' "
                + "--next -sS -w '%{http_code}|' -T '\(file)' '\(staging.url)\(file).put' "
                + "--next -sS -w '%{http_code}|' -H 'Expect: 100-continue' -H 'Transfer-Encoding: chunked' -T '\(file)' "
                + "'\(staging.url)\(file).chunked' --next -sS -I -o /dev/null -w '%{http_code}' '\(staging.url)\(file)'"
        )
        #expect(result.text == "text\n200 1|text\n200 0|200|200|200")
        #expect(try staging.folder.read("gw/var/0/stdout.file.put") == "text\n")
        #expect(try staging.folder.read("gw/var/0/stdout.file.chunked") == "text\n")
    }

    @Test func aHalfFileLeavesTheOldOneAndNothingElse() async throws {
        let staging = try await StagingTalk("-i")
        let file = try staging.folder.write("gw/var/0/stdout.file", "old")
        for body in ["Content-Length: 1000\r\n\r\nhalf", "Transfer-Encoding: chunked\r\n\r\n1000\r\nhalf"] {
            _ = try await Caller.ask(staging.port, "PUT \(file) HTTP/1.1\r\nHost: x\r\n\(body)")
        }
        #expect(try staging.folder.read("gw/var/0/stdout.file") == "old")
        #expect(try FileManager.default.contentsOfDirectory(atPath: staging.path("gw/var/0")) == ["stdout.file"])
    }

    @Test func twentyClientsAtOnceGetTheirFiles() async throws {
        let staging = try await StagingTalk()
        let file = try staging.folder.write("gw/var/0/file", String(repeating: "line\n", count: 20_000))
        let result = try await staging.run(
            "seq 0 19 | xargs -P 20 -I@ timeout 60 globus-url-copy '\(staging.url)\(file)' 'file://\(staging.path("copy@"))'"
        )
        #expect(result.isGood && result.text == "", "\(result.text)")
        for number in 0..<20 { #expect(try staging.folder.read("copy\(number)").utf8.count == 100_000) }
    }
}
