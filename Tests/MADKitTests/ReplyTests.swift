import Glibc
import Testing

@testable import MADKit

@Suite struct ReplyTests {
    /// The lines that `body` makes a writer send.
    private func lines(_ body: (LineWriter) async -> Void) async throws -> [Substring] {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let writer = LineWriter(descriptor: ends[1]) {}
        await body(writer)
        #expect(writer.flush(until: .now + .seconds(5)))
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(ends[0], &buffer, buffer.count)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: "\n")
    }

    @Test func onlyTheFirstAnswerCounts() async throws {
        let heard = try await lines { writer in
            let reply = Reply(head: "POLL 1", infoBytes: 100, writer: writer)
            #expect(reply.succeed("ACTIVE"))
            #expect(!reply.fail(MADError(.internal, "late")))
            #expect(!reply.succeed())
        }
        #expect(heard == ["POLL 1 SUCCESS ACTIVE"])
    }

    @Test func aDroppedReplyAnswersByItself() async throws {
        let heard = try await lines { writer in
            _ = Reply(head: "CP 1 2", infoBytes: 100, writer: writer)
        }
        #expect(heard == ["CP 1 2 FAILURE internal error: the request was dropped without an answer"])
    }

    @Test func manyThreadsSendWholeLines() async throws {
        let heard = try await lines { writer in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        Reply(head: "POLL \(number)", infoBytes: 300, writer: writer)
                            .succeed(Info(String(repeating: "x", count: 200)))
                    }
                }
            }
        }
        #expect(heard.count == 200)
        #expect(Set(heard).count == 200)
        #expect(heard.allSatisfy { $0.hasSuffix(" SUCCESS " + String(repeating: "x", count: 200)) })
    }

    @Test func aWriterWithoutAReaderSaysSo() async throws {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        close(ends[0])
        let broken = Monitor(false)
        let writer = LineWriter(descriptor: ends[1]) {
            broken.withLock { $0 = true }
            broken.wakeAll()
        }
        writer.write { $0.append(0x41) }
        #expect(broken.wait(until: .now + .seconds(5)) { $0 ? true : nil } == true)
        #expect(!writer.flush(until: .now + .seconds(1)))
        close(ends[1])
    }
}
