import MADKit
import Testing

@testable import GridFTP

/// What the client makes of texts: URLs, listings and complaints.
@Suite struct TextTests {
    @Test(arguments: [
        ("gsiftp://h/~/.gw_u_0/", "gsiftp://h", "/~/.gw_u_0/"), ("GSIFTP://h:2811//abs", "gsiftp://h:2811", "//abs"),
        ("ftp://u:p@h/x", "ftp://u:p@h", "/x"), ("file:///a/b", "file://", "/a/b"), ("file:/a/b", "file://", "/a/b"),
        ("file://localhost/a%20b", "file://localhost", "/a%20b"), ("https://[::1]:8443/x", "https://[::1]:8443", "/x"),
        ("gsiftp://h", "gsiftp://h", "/"),
    ])
    func urlsAreTakenApart(text: String, server: String, path: String) throws {
        let place = try FTPLocation(text)
        #expect(place.server == server)
        #expect(place.path == path)
    }

    @Test(arguments: [
        "", "x", "/a", "rsh://h/x", "gsiftp:///x", "gsiftp://:1/x", "file://other/x", "file:x", "gsiftp://h/a\u{7f}b",
    ])
    func whatIsNoURLIsRefused(text: String) {
        #expect(throws: MADError.self) { try FTPLocation(text) }
    }

    @Test func passwordsAreLeftOut() throws {
        #expect(try FTPLocation("ftp://user:secret@h/x").description == "ftp://h/x")
    }

    @Test func aChainOfErrorsIsReadFromItsEnd() {
        let text = """
            globus_ftp_client: the server responded with an error\r
            553 553-GlobusError: v=1 c=PATH_EXISTS\r
            553-GridFTP-Errno: 17\r
            553-GridFTP-Reason: System error in mkdir\r
            553-GridFTP-Error-String: File exists\r
            553 End.\r\n\r\n
            """
        #expect(ServerText.condensed(text) == "File exists; System error in mkdir; v=1 c=PATH_EXISTS")
        #expect(ServerText.condensed("") == "")
        #expect(ServerText.condensed("553 End.\r\n") == "553 End.")
    }

    @Test func listingsKeepBlanksAndTellLinksFromDirectories() throws {
        let listing = try DirectoryListing(
            machine: Array(
                "Type=cdir; .\r\nType=pdir; ..\r\nType=dir; d\r\nTYPE=DIR;UNIX.slink=/etc; l\r\nType=file;Size=1;  two  blanks \r\nType=OS.unix=slink:/x; m"
                    .utf8))
        #expect(listing.entries.map { String(decoding: $0.name, as: UTF8.self) } == ["d", "l", " two  blanks ", "m"])
        #expect(listing.entries.map(\.kind) == [.directory, .leaf, .leaf, .leaf])
    }

    @Test func listingsKeepTheBytesOfNames() throws {
        let name: [UInt8] = [0xE9, 0x25, 0x34, 0x31, 0xFF]
        #expect(try DirectoryListing(machine: Array("Type=file; ".utf8) + name).entries.map(\.name) == [name])
        let names = Array("/a/".utf8) + name + Array("\r\n./".utf8) + name + Array("\n".utf8)
        #expect(try DirectoryListing(names: names, of: Array("/a".utf8)).entries.map(\.name) == [name, name])
    }

    @Test(arguments: [
        ("gsiftp://h/~/a%41b", "gsiftp://h/~/a%2541b"), ("ftp://u:p@h//x#\u{e9}", "ftp://u:p@h//x%23%C3%A9"),
        ("file:/a/%2e%2e", "file:///a/%252e%252e"), ("https://h/a%20b?c", "https://h/a%2520b%3Fc"),
    ])
    func theLibraryGetsNamesInEscapesAndPeopleSeeThemAsTheyAre(text: String, url: String) throws {
        let place = try FTPLocation(text)
        #expect(place.url == url)
        #expect(place.description.hasSuffix(place.path) && text.hasSuffix(place.path))
    }
}
