import Foundation
import Synchronization
import TestSupport
import Testing

/// Servers that are absent, deaf, dying or hostile: one FAILURE that names the thing and the cause, and then back to work.
@Suite struct FaultTests {
    /// The driver still works after whatever happened before.
    private func works(_ job: GridTalk) async throws {
        let good = try FaultServer()
        try await job.expect("MKDIR 0 - - \(good.url("/a/b/")) - ", "MKDIR 0 - SUCCESS \(good.url("/a/b/"))")
    }

    @Test(arguments: ["gsiftp", "ftp", "http", "https"])
    func aHostWithoutAnAddressIsNamed(scheme: String) async throws {
        let job = try await GridTalk()
        let answer = try await job.copy("\(scheme)://nosuchhost.invalid/x", "file://\(job.local.path)/x")
        #expect(answer.hasPrefix("CP 0 0 FAILURE ") && answer.contains("nosuchhost.invalid"))
        #expect(answer.contains("Name or service not known") || answer.contains("name resolution"))
        #expect(try names(in: job.local.path) == [])
        try await works(job)
    }

    @Test(arguments: ["gsiftp", "ftp", "http", "https"])
    func aPortThatNobodyListensOnIsNamed(scheme: String) async throws {
        let job = try await GridTalk()
        let answer = try await job.copy("\(scheme)://localhost:1/x", "file://\(job.local.path)/x")
        #expect(answer.hasPrefix("CP 0 0 FAILURE ") && answer.contains("localhost:1"))
        #expect(answer.contains("Connection refused"))
        try await works(job)
    }

    @Test(arguments: ["gsiftp", "ftp", "http", "https"])
    func aServerThatAcceptsAndStaysSilentCostsOneDeadline(scheme: String) async throws {
        let pit = try FaultServer(.init(isSilent: true))
        let job = try await GridTalk(["--timeout", "3"])
        let answer = try await job.copy("\(scheme)://localhost:\(pit.port)/x", "file://\(job.local.path)/x")
        #expect(answer.hasPrefix("CP 0 0 FAILURE ") && answer.contains("localhost:\(pit.port)"))
        #expect(answer.contains("no answer within 3 s"))
        try await works(job)
    }

    @Test func aServerThatGreetsAndThenStaysSilentCostsOneDeadline() async throws {
        let pit = try FaultServer(.init(reply: { $0.hasPrefix("MKD") ? "" : nil }))
        let job = try await GridTalk(["--timeout", "3"])
        let answer = try await job.ask("MKDIR 0 - - \(pit.url("/a/b/")) - ")
        #expect(answer == "MKDIR 0 - FAILURE MKDIR \(pit.url("/a/b/")): no answer within 3 s")
        try await works(job)
    }

    @Test func aServerThatHangsUpInTheMiddleOfAFileLeavesNoFile() async throws {
        let server = try FaultServer(.init(file: Array(repeating: 7, count: 1 << 20), hangsUpAfter: 100_000))
        let job = try await GridTalk()
        let answer = try await job.copy(server.url("/a/file"), "file://\(job.local.path)/x")
        #expect(answer.hasPrefix("CP 0 0 FAILURE ") && answer.contains(server.url("/a/file")))
        #expect(try names(in: job.local.path) == [])
        try await works(job)
    }

    @Test func aReplyOfManyLinesBecomesOneWithItsMeaningFirst() async throws {
        let server = try FaultServer(
            .init(reply: { command in
                guard command.hasPrefix("MKD") else { return nil }
                return "553-GlobusError: v=1 c=QUOTA\r\n553-CP 0 1 SUCCESS forged\r\n"
                    + "553-" + String(repeating: "blah ", count: 400)
                    + "\r\n553-GridFTP-Error-String: Disk quota exceeded\r\n553 End.\r\n"
            }))
        let job = try await GridTalk()
        let answer = try await job.ask("MKDIR 0 - - \(server.url("/a/b/")) - ")
        #expect(answer.hasPrefix("MKDIR 0 - FAILURE Disk quota exceeded"))
        #expect(answer.contains(server.url("/a/b/")))
        #expect(answer.utf8.count <= 480 + "MKDIR 0 - FAILURE ".utf8.count)
        try await works(job)
        #expect(!job.talk.transcript.contains { $0.hasPrefix("CP") })
    }

    @Test func aServerWithoutMLSDIsListedByNames() async throws {
        let server = try FaultServer(
            .init(
                reply: { command in
                    if command.hasPrefix("MLS") { return "500 unknown command\r\n" }
                    if command.hasPrefix("RMD /a/job/sub") { return nil }
                    let done =
                        command.hasPrefix("RMD") && command.hasSuffix("/a/job") ? "550 Directory not empty\r\n" : nil
                    return command.hasPrefix("DELE /a/job/sub") && !command.contains("inner")
                        || command == "DELE /a/job"
                        ? "550 Is a directory\r\n" : done
                },
                listing: {
                    Array(($0.hasSuffix("sub") ? "inner\r\n" : ".hidden\r\n/a/job/sub\r\nlast without end").utf8)
                }))
        let job = try await GridTalk()
        let answer = try await job.ask("RMDIR 0 - - \(server.url("/a/job/")) - ")
        // This server's directory stays, but everything in it was asked away.
        #expect(answer.contains("Directory not empty"))
        let deletions = server.commands.filter { $0.hasPrefix("DELE") || $0.hasPrefix("RMD /a/job/") }
        #expect(
            deletions == [
                "DELE /a/job", "DELE /a/job/.hidden", "DELE /a/job/sub", "DELE /a/job/sub/inner",
                "DELE /a/job/last without end", "RMD /a/job/sub",
            ])
    }

    @Test(arguments: ["../../etc", "..", "/etc", "a/b", "x\u{7f}y"])
    func aListingThatLeadsElsewhereIsRefused(name: String) async throws {
        let server = try FaultServer(
            .init(
                reply: { command in
                    if command.hasPrefix("RMD") { return "550 Directory not empty\r\n" }
                    return command.hasPrefix("MLST") ? "250-facts\r\n Type=dir; /a/job\r\n250 end\r\n" : nil
                },
                listing: { _ in Array("Type=dir; \(name)\r\n".utf8) }))
        let job = try await GridTalk()
        let answer = try await job.ask("RMDIR 0 - - \(server.url("/a/job/")) - ")
        #expect(answer.hasPrefix("RMDIR 0 - FAILURE "))
        // ".." names the parent and is simply left out.
        #expect(name == ".." || answer.contains("lists a name that is not a file's"))
        #expect(!server.commands.contains { $0.hasPrefix("DELE") })
        #expect(server.commands.filter { $0.hasPrefix("RMD") }.allSatisfy { $0 == "RMD /a/job" })
    }

    @Test func aServerThatListsEndlessDepthsIsRefused() async throws {
        let server = try FaultServer(
            .init(
                reply: { command in
                    if command.hasPrefix("RMD") || command.hasPrefix("DELE") { return "550 Directory not empty\r\n" }
                    return command.hasPrefix("MLST") ? "250-facts\r\n Type=dir; /a/job\r\n250 end\r\n" : nil
                },
                listing: { _ in Array("Type=dir; deeper\r\n".utf8) }))
        let job = try await GridTalk()
        #expect(try await job.ask("RMDIR 0 - - \(server.url("/a/job/")) - ").contains("inside each other"))
    }

    @Test(arguments: ["file", "dir"])
    func aLargeTreeMayTakeItsTimeAsLongAsTheServerAnswers(kind: String) async throws {
        let removals = Mutex(0)
        let server = try FaultServer(
            .init(
                reply: { command in
                    if command == "RMD /a/job" {
                        return removals.withLock { count in
                            count += 1
                            return count == 1 ? "550 Directory not empty\r\n" : "250 gone\r\n"
                        }
                    }
                    if command.hasPrefix("MLST") { return "250-facts\r\n Type=dir; /a/job\r\n250 end\r\n" }
                    guard command.hasPrefix("DELE") else { return nil }
                    usleep(300_000)
                    return kind == "dir" ? "550 Is a directory\r\n" : "250 gone\r\n"
                },
                listing: { command in
                    guard command.hasSuffix("/a/job") else { return [] }
                    return Array((0..<10).map { "Type=\(kind); \($0)\r\n" }.joined().utf8)
                }))
        let job = try await GridTalk(["--timeout", "2"])
        try await job.expect("RMDIR 0 - - \(server.url("/a/job/")) - ", "RMDIR 0 - SUCCESS -")
    }
}
