import Foundation
import Glibc
import TestSupport
import Testing

/// Names that mean something in URLs, in other encodings, or to the library: each is one file and no other.
@Suite struct NameTests {
    /// Characters that URLs have a use for, or none, one name each, and names in two encodings.
    private static let oddNames: [String] = {
        let whole = [
            "a%41b", "%41", "%2e%2e", "%2e%2e%2fother", "%", "%%", "%4", "%00", "a%0d%0aDELE b", "é", "ü", "日本", "~",
            "~root",
        ]
        return whole + "\"\\^{}|<>[]#%'`$&+,;=?@!*()".map { "x\($0)y" }
    }()
    private static let latin1: [UInt8] = [0x66, 0xFC, 0x72, 0xE9, 0xFF]

    /// Makes a file, or a directory with a file in it, by the bytes of its name.
    private func make(_ name: [UInt8], in directory: String, asDirectory: Bool) {
        let path = Array((directory + "/").utf8) + name
        func cString(_ bytes: [UInt8]) -> [CChar] { (bytes + [0]).map { CChar(bitPattern: $0) } }
        if asDirectory {
            mkdir(cString(path), 0o777)
            chmod(cString(path), 0o777)
        }
        close(open(cString(asDirectory ? path + Array("/inside".utf8) : path), O_WRONLY | O_CREAT, 0o644))
    }

    @Test func aNameInAListingIsNeverReadAsAWayOut() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        for directory in ["job", "other", "job/%2e%2e%2fother"] {
            #expect(mkdir(job.path + "/" + directory, 0o777) == 0 && chmod(job.path + "/" + directory, 0o777) == 0)
        }
        for name in ["a%41b", "%41", "aAb", "A"] { make(Array(name.utf8), in: job.path + "/job", asDirectory: false) }
        make(Array("precious".utf8), in: job.path + "/other", asDirectory: false)
        try await job.expect("RMDIR 0 - - \(job.remote)job/ - ", "RMDIR 0 - SUCCESS -")
        #expect(try names(in: job.path) == ["other"])
        #expect(try names(in: job.path + "/other") == ["precious"])
        try await job.finish()
    }

    @Test func oddNamesOfFilesAndDirectoriesAreRemoved() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        for (number, name) in (Self.oddNames.map { Array($0.utf8) } + [Self.latin1]).enumerated() {
            make(name, in: job.path, asDirectory: number % 2 == 0)
            make(name + Array(".2".utf8), in: job.path, asDirectory: number % 2 != 0)
        }
        #expect(try names(in: job.path).count > 2 * Self.oddNames.count)
        try await job.expect("RMDIR 0 - - \(job.remote) - ", "RMDIR 0 - SUCCESS -")
        #expect(!FileManager.default.fileExists(atPath: job.path))
        try await job.finish()
    }

    @Test func aNameInAURLIsTakenLiterally() async throws {
        let job = try await GridTalk()
        try await job.prepare()
        let oddNames = Self.oddNames.filter { !$0.contains(" ") }
        for (number, name) in oddNames.enumerated() {
            let source = try job.local.write("in\(number)", name)
            job.talk.say("CP 0 \(number) X file://\(source) \(job.remote)\(name)")
        }
        for number in oddNames.indices { #expect(try await job.talk.hear("CP 0 \(number) ").contains(" SUCCESS ")) }
        #expect(try names(in: job.path) == oddNames.sorted())
        for (number, name) in oddNames.enumerated() {
            #expect(try String(contentsOfFile: job.path + "/" + name, encoding: .utf8) == name)
            job.talk.say("CP 0 \(number) - \(job.remote)\(name) \(job.remote2)\(name).copy")
        }
        for number in oddNames.indices { #expect(try await job.talk.hear("CP 0 \(number) ").contains(" SUCCESS ")) }
        #expect(mkdir(job.local.path + "/out", 0o755) == 0)
        for name in oddNames {
            let answer = try await job.copy(job.remote + name + ".copy", "file://\(job.local.path)/out/\(name)")
            #expect(answer.contains(" SUCCESS "), "\(name)")
            #expect(try String(contentsOfFile: job.local.path + "/out/" + name, encoding: .utf8) == name)
            try await job.expect("EXISTS 0 - - \(job.remote)\(name) - ", "EXISTS 0 - SUCCESS -")
        }
        try await job.expect("MKDIR 0 - - \(job.remote)d%41/ - ", "MKDIR 0 - SUCCESS \(job.remote)d%41/")
        #expect(FileManager.default.fileExists(atPath: job.path + "/d%41"))
        try await job.finish()
    }

    @Test func aNameThatAPlainServerSeesIsTheNameInTheURL() async throws {
        let server = try FaultServer(.init(file: Array("text".utf8)))
        let job = try await GridTalk()
        #expect(
            try await job.copy(server.url("/a/%41%2fé"), "file://\(job.local.path)/%41").hasPrefix("CP 0 0 SUCCESS"))
        #expect(server.commands.contains("RETR /a/%41%2fé"))
        // From server to server by the general copier.
        let other = try FaultServer()
        #expect(try await job.copy(server.url("/b/%42"), other.url("/c/%43")).hasPrefix("CP 0 0 SUCCESS"))
        #expect(server.commands.contains("RETR /b/%42") && other.commands.contains("STOR /c/%43"))
    }

    @Test func aWebServerIsAskedForWhatTheURLSays() async throws {
        // It speaks FTP, but it hears what it is asked for.
        let server = try FaultServer(.init(reply: { $0.hasPrefix("GET") ? "HTTP/1.0 404 none\r\n\r\n" : nil }))
        let job = try await GridTalk()
        let path = "/a%20b/%2Fc%23%41?d=%25"
        _ = try await job.copy("http://127.0.0.1:\(server.port)\(path)", "file://\(job.local.path)/x")
        #expect(server.commands.contains { $0.hasPrefix("GET \(path) ") })
    }
}
