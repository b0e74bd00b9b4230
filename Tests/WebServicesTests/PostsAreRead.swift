import Testing

@testable import WebServices

/// The requests of clients, whole or in pieces.
@Suite struct PostsAreRead {
    private static let chunked =
        "POST /a HTTP/1.1\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: z\r\n\r\n"

    /// Takes a request in pieces of a size.
    private func read(_ text: String, by size: Int = .max, longestBody: Int = 100) -> (PostReader.Progress, String) {
        var reader = PostReader(longestBody: longestBody)
        var rest = Array(text.utf8)[...]
        var progress = PostReader.Progress.more
        while progress == .more, !rest.isEmpty {
            progress = reader.take(rest.prefix(size))
            rest = rest.dropFirst(size)
        }
        return (progress, String(decoding: reader.body, as: UTF8.self))
    }

    @Test(
        arguments: [
            "POST /a HTTP/1.1\r\nContent-Length: 5\r\n\r\nabcde",
            "POST /a HTTP/1.0\nHost: h\ncontent-LENGTH:5\n\nabcde",
            chunked,
        ], [1, 2, 7, 1_000])
    func aBodyIsReadHoweverItComes(text: String, size: Int) {
        let (progress, body) = read(text, by: size)
        #expect(progress == .whole && body == "abcde")
        #expect(read(String(text.dropLast()), by: size).0 == .more)
    }

    @Test func anEmptyBodyIsOne() {
        #expect(read("POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n").0 == .whole)
    }

    @Test(
        arguments: [
            ("GET / HTTP/1.1\r\n", 405), ("hello\r\n", 400), ("POST / SIP/2.0\r\n", 400), ("POST x HTTP/1.1\r\n", 400),
            ("POST / HTTP/1.1\r\n\r\n", 411), ("POST / HTTP/1.1\r\nnonsense\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: -1\r\n", 400), ("POST / HTTP/1.1\r\nContent-Length: 101\r\n", 413),
            ("POST / HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n", 413),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 1\r\n", 400),
            ("POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: gzip\r\n", 400),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n", 400),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n65\r\n", 413),
            ("POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n", 400),
            ("POST / HTTP/1.1\r\n" + String(repeating: "X: y\r\n", count: 4_000), 431),
            (String(repeating: "x", count: 20_000), 431),
        ])
    func whatIsNoPostIsRefused(text: String, status: Int) {
        #expect(read(text).0 == .refused(status))
        #expect(read(text, by: 3).0 == .refused(status))
    }

    @Test func trailersAndTinyChunksComeToAnEnd() {
        let begin = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
        #expect(read(begin + "0\r\n" + String(repeating: "X: y\r\n", count: 4_000)).0 == .refused(431))
        let tiny = String(repeating: "1\r\na\r\n", count: 20_000)
        #expect(read(begin + tiny, longestBody: 100_000).0 == .refused(431))
    }

    @Test func leaveToSendIsAskedFor() {
        var reader = PostReader(longestBody: 100)
        #expect(
            reader.take(Array("POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\n".utf8)) == .more)
        #expect(reader.wantsContinue)
        #expect(reader.take(Array("x".utf8)) == .whole)
    }
}
