import Foundation
import TestSupport
import Testing

/// Job descriptions: every byte of them, or none.
@Suite struct DescriptionsArriveWhole {
    /// A description of `size` bytes.
    private func description(of size: Int) -> String {
        let head = "&(executable=/bin/true)(environment=(LONG "
        return head + String(repeating: "v", count: size - head.utf8.count - 2) + "))"
    }

    @Test func whatGRAMCannotCarryIsRefusedBeforeItIsSent() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        for (job, size) in [63_990, 64_001, 2_000_000].enumerated() {
            let file = try grid.description(description(of: size))
            // Nobody listens there: the refusal is the driver's own.
            let reply = try await talk.answer(to: "SUBMIT \(job) localhost:1/jobmanager-fork \(file)")
            #expect(
                reply.hasPrefix(
                    "SUBMIT \(job) FAILURE the job description \(file) is too long for GRAM: \(size) bytes, at most 6"))
        }
    }

    @Test func theLimitThatIsNamedIsGRAMs() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        let long = try grid.description(description(of: 63_990))
        let reply = try await talk.answer(to: "SUBMIT 0 \(grid.polling) \(long)")
        let limit = try #require(reply.split(separator: " ").last.flatMap { Int($0) })
        let refused = try grid.description(description(of: limit + 1))
        #expect(try await talk.answer(to: "SUBMIT 1 \(grid.polling) \(refused)").contains("is too long for GRAM"))
        _ = try await talk.submit(2, to: grid.polling, try grid.description(description(of: limit)))
        try await talk.hear("DONE", of: 2)
    }

    /// Quotes are escaped on the way, and count twice.
    @Test func quotesTakeMoreRoom() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        let file = try grid.description(
            "&(executable=/bin/true)(arguments=\(String(repeating: "\"a\" ", count: 12_000)))")
        #expect(try await talk.answer(to: "SUBMIT 0 \(grid.polling) \(file)").contains("is too long for GRAM"))
    }

    @Test func bytesThatAreNotUTF8ReachTheJob() async throws {
        let grid = try await JobGrid()
        let talk = try await grid.driver()
        var text = Data(
            "&(executable=/bin/sh)(arguments=-c \"test $(printf %s \"\"$1\"\" | od -An -tx1 | tr -d ' \\n') = ".utf8)
        text +=
            Data("67e46eff && exit 7\" x \"g".utf8) + Data([0xE4]) + Data("n".utf8) + Data([0xFF]) + Data("\")".utf8)
        let file = try grid.folder.write("latin1.rsl", text)
        _ = try await talk.submit(0, to: grid.events, file)
        #expect(try await talk.hear("DONE", of: 0) == "CALLBACK 0 SUCCESS DONE:7")
    }
}
