import Testing

@testable import GASS

/// Heads of HTTP requests, as bytes and as values.
@Suite struct RequestHeads {
    private func request(_ text: String) throws -> HTTPRequest { try HTTPRequest(Array(text.utf8)[...]) }

    @Test func gassClientsAreUnderstood() throws {
        let get = try request("GET /home/u/x HTTP/1.1\r\nUser-Agent: Globus-GASS-HTTP/1.1.0\r\nHost: h:1")
        #expect(get.method == .get && get.path == Array("/home/u/x".utf8) && get.body == .none && !get.keepsConnection)
        let put = try request("PUT //home/u/x HTTP/1.1\nTransfer-Encoding: chunked\nHost: h")
        #expect(put.method == .put && put.path == Array("/home/u/x".utf8) && put.body == .chunks && put.keepsConnection)
        let append = try request("POST /globus-bins/GASSappend?/x HTTP/1.0\r\nContent-Length: 7")
        #expect(append.method == .append && append.path == Array("/x".utf8) && append.body == .bytes(7))
        #expect(!append.keepsConnection)
    }

    @Test func aTargetMayBeAWholeURLAndHoldBlanks() throws {
        #expect(try request("GET https://h:1/a b/c HTTP/1.1").path == Array("/a b/c".utf8))
        #expect(try request("GET /a://b HTTP/1.1").path == Array("/a://b".utf8))
        #expect(try request("GET /a%20b HTTP/1.1").path == Array("/a%20b".utf8))
        #expect(try HTTPRequest((Array("GET /".utf8) + [0xFF] + Array(" HTTP/1.1".utf8))[...]).path == [0x2F, 0xFF])
    }

    @Test func fieldsAreReadWithoutRegardToCaseAndBlanks() throws {
        let put = try request("PUT /x HTTP/1.1\r\ncontent-LENGTH:\t12 \t\r\nexpect: 100-Continue\r\nConnection: Close")
        #expect(put.body == .bytes(12) && put.expectsContinue && !put.keepsConnection)
    }

    @Test func aBodyThatIsNotReadEndsTheConnection() throws {
        #expect(try !request("GET /x HTTP/1.1\r\nContent-Length: 5").keepsConnection)
        #expect(try !request("HEAD /x HTTP/1.1\r\nTransfer-Encoding: chunked").keepsConnection)
        #expect(try request("GET /x HTTP/1.1\r\nContent-Length: 0").keepsConnection)
    }

    @Test(arguments: [
        ("", 400), ("GET", 400), ("GET /x", 400), ("GET /x FTP/1.1", 400), ("GET  HTTP/1.1", 400),
        ("get /x HTTP/1.1", 501),
        ("GET * HTTP/1.1", 400), ("GET http://h HTTP/1.1", 400), ("PUT /x HTTP/1.1", 411), ("POST /x HTTP/1.1", 404),
        ("PUT /x HTTP/1.1\r\nContent-Length: 1e3", 400), ("PUT /x HTTP/1.1\r\nTransfer-Encoding: gzip", 400),
    ]) func othersAreRefused(text: String, status: Int) {
        let error = #expect(throws: HTTPError.self) { _ = try request(text) }
        #expect(error?.status == status)
    }
}
