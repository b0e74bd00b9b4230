import Foundation
import TestSupport
import Testing

/// INIT does not wait for libcurl and the thirty libraries that it brings along.
@Suite struct LibcurlIsLoadedLate {
    @Test func theFirstQuestionLoadsIt() async throws {
        let index = try await Index()
        let talk = try await index.driver("-s", index.host)
        #expect(try await !isLoaded(in: talk))
        #expect(try await talk.ask("DISCOVER - - -").hasPrefix("DISCOVER - SUCCESS "))
        #expect(try await isLoaded(in: talk))
    }

    @Test func everyQuestionTellsThatItCannotBeLoaded() async throws {
        let index = try await Index()
        try index.directory.write("libcurl.so.4", "not a library")
        let others = ProcessInfo.processInfo.environment["LD_LIBRARY_PATH"].map { ":" + $0 } ?? ""
        let talk = try await index.driver(
            "-s", index.host, environment: ["LD_LIBRARY_PATH": index.directory.path + others])
        for _ in 0..<2 {
            let reply = try await talk.ask("DISCOVER - - -")
            #expect(reply.hasPrefix("DISCOVER - FAILURE libcurl cannot be loaded"), "\(reply)")
            #expect(reply.contains(index.directory.path), "\(reply)")
        }
    }

    private func isLoaded(in talk: Talk) async throws -> Bool {
        try await Shell.run("grep -c /libcurl.so.4 /proc/\(talk.pid)/maps || true") != "0\n"
    }
}
