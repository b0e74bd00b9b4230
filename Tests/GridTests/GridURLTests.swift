import Grid
import MADKit
import Testing

/// URLs of transfers, taken apart.
@Suite struct GridURLTests {
    private func url(_ text: String) throws -> GridURL { try GridURL(try #require(TransferURL(text))) }

    @Test func remoteParts() throws {
        let home = try url("gsiftp://se1.example.org/~/.gw_root_0/in.remote")
        #expect(home.scheme == .gsiftp)
        #expect(home.host == "se1.example.org")
        #expect(home.port == nil && home.effectivePort == 2811)
        #expect(home.path == "/~/.gw_root_0/in.remote")
        #expect(home.isBelowHome)
        let port = try url("GSIFTP://h:2812//data/a%20b")
        #expect(port.scheme == .gsiftp && port.port == 2812 && port.path == "//data/a%20b" && !port.isBelowHome)
        let user = try url("ftp://me:p@ss@[::1]:2121/x")
        #expect(user.user == "me:p@ss" && user.host == "::1" && user.port == 2121 && user.path == "/x")
        #expect(try url("https://h").path == "/")
        #expect(try url("http://h/x?y=1").effectivePort == 80)
        #expect(try url("https://h:8443/x").text == "https://h:8443/x")
    }

    @Test(arguments: [
        ("file:/p/q", "/p/q"), ("file:///p/q", "/p/q"), ("file://localhost/p/q", "/p/q"), ("FILE://LOCALHOST/p", "/p"),
        ("file:////p", "//p"), ("file:///a%20b", "/a b"), ("file:///a%2520b", "/a%20b"), ("file:///100%/x", "/100%/x"),
        ("file:///x%zz%4", "/x%zz%4"), ("file:///%C3%A4", "/ä"), ("file:///ä", "/ä"), ("file:///a:b@c", "/a:b@c"),
    ])
    func localPathsAreDecodedOnce(text: String, path: String) throws {
        let url = try url(text)
        #expect(url.scheme == .file)
        #expect(url.path == path)
        #expect(url.host.isEmpty && !url.isBelowHome)
    }

    @Test(arguments: [
        ("/just/a/path", "scheme"), ("rfc822://h/x", "scheme"), ("gsiftp", "scheme"), ("gsiftp:/h/x", "host"),
        ("gsiftp:///x", "no host"), ("gsiftp://:2811/x", "no host"), ("gsiftp://h:0/x", "port"),
        ("gsiftp://h:65536/x", "port"),
        ("gsiftp://h:+5/x", "port"), ("gsiftp://h:/x", "port"), ("gsiftp://h:28x/x", "port"), ("gsiftp://[::1/x", "]"),
        ("file:relative", "begin with /"), ("file://other.example.org/x", "other.example.org"),
        ("file://", "begin with /"),
        ("file:///a%00b", "NUL"), ("gsiftp://h/a%00b", "NUL"), ("file:///%FF", "UTF-8"),
        ("gsiftp://[::1]2811/x", "port"),
    ])
    func errorsNameTheURLAndTheReason(text: String, reason: String) throws {
        let error = try #require(throws: MADError.self) { try url(text) }
        #expect(error.description.hasPrefix("cannot use URL \(text): "))
        #expect(error.cause?.contains(reason) == true, "\(error)")
    }

    @Test func serversAreComparedByWhatTheyAre() throws {
        #expect(try url("gsiftp://H.example.org/a").hasSameServer(as: url("gsiftp://h.example.org:2811/b")))
        #expect(try !url("gsiftp://h/a").hasSameServer(as: url("gsiftp://h:2812/a")))
        #expect(try !url("gsiftp://h/a").hasSameServer(as: url("ftp://h:2811/a")))
        #expect(try !url("ftp://a@h/a").hasSameServer(as: url("ftp://b@h/a")))
    }
}
