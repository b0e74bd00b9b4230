import GRAM
import MADKit
import Testing

@testable import gw_em_mad_prews

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

    @Test(arguments: [
        ("h.org:99/jobmanager-pbs", "h.org:99/jobmanager-pbs"), ("h.org/jobmanager", "h.org:2119/jobmanager"),
        ("h.org:99", "h.org:99"), ("h.org/jobmanager:/O=G/CN=a#b", "h.org:2119/jobmanager:/O=G/CN=a#b"),
    ]) func theJobContactForGWDNamesTheGatekeeper(gatekeeper: String, fragment: String) throws {
        let url = "https://h.org:1234/17/42/"
        let contact = try #require(
            JobTicket(url: url, gatekeeper: GatekeeperContact(gatekeeper)).contact(within: 480)?.text)
        #expect(contact == "\(url)#\(fragment)")
        let back = JobTicket(contact)
        #expect(back.url == url)
        #expect(back.gatekeeper?.text == fragment)
    }

    @Test func aGatekeeperThatDoesNotFitIsLeftOut() {
        let url = "https://h.org:1234/17/42/"
        let ticket = JobTicket(url: url, gatekeeper: GatekeeperContact("h.org:99/jobmanager"))
        let length = url.utf8.count + "#h.org:99/jobmanager".utf8.count
        #expect(ticket.contact(within: length)?.text == "\(url)#h.org:99/jobmanager")
        #expect(ticket.contact(within: length - 1)?.text == url)
    }

    @Test(arguments: ["https://h.org:1234/17/42/", "https://h.org:1234/17/42/#"])
    func aJobContactOfAnotherDriverNamesNoGatekeeper(contact: String) {
        #expect(JobTicket(contact) == JobTicket(url: "https://h.org:1234/17/42/", gatekeeper: nil))
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
