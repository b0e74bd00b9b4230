import GRAM
import Testing

/// Addresses of gatekeepers and jobs.
@Suite struct ContactsAreRead {
    @Test(arguments: [
        ("h.org", "h.org:2000"), ("h.org/jobmanager-pbs", "h.org:2000/jobmanager-pbs"),
        ("h.org:99/jobmanager", "h.org:99/jobmanager"), ("h.org:99", "h.org:99"),
        ("h.org:/jobmanager", "h.org:2000/jobmanager"), ("h.org::/CN=x", "h.org:2000:/CN=x"),
        ("h.org/jobmanager:/O=G/CN=host\\/h.org", "h.org:2000/jobmanager:/O=G/CN=host\\/h.org"),
        ("https://h.org/jobmanager", "h.org:2000/jobmanager"), ("h.org/(null)", "h.org:2000"),
        ("h.org:99/(null)", "h.org:99"),
    ]) func aMissingPortIsFilledIn(contact: String, expected: String) {
        #expect(GatekeeperContact(contact, port: 2000).text == expected)
    }

    @Test func withoutAPortTheContactStaysAsItIs() {
        #expect(GatekeeperContact("h.org/jobmanager-pbs:/O=G/CN=h").text == "h.org/jobmanager-pbs:/O=G/CN=h")
        #expect(GatekeeperContact("h.org").port == 2119)
        #expect(GatekeeperContact("h.org:99/x").port == 99)
        #expect(GatekeeperContact("h.org:99/x").host == "h.org")
    }

    @Test func aJobContactHasHostPortAndPath() throws {
        let url = try #require(JobURL("https://h.org:1234/17/42/"))
        #expect(url.authority == "h.org:1234")
        #expect(url.path == "/17/42/")
    }

    @Test(arguments: [
        "", "h.org:1/2/", "https://h.org/1/2/", "https://h.org:1", "https://:1/2/", "https://h:0/2/", "https://h:1/",
    ])
    func whatIsNoJobContactIsNone(text: String) {
        #expect(JobURL(text) == nil)
    }
}
