import Testing

@testable import WebServices

/// The bytes of requests, as the schemas and real containers want them.
@Suite struct RequestsAreWritten {
    @Test func anEnvelopeOfTheDrafts() {
        let message = SOAPMessage(
            to: EndpointReference("https://h:8443/wsrf/services/F", key: XMLName("urn:job", "ResourceID"), "Fork"),
            action: "urn:do", dialect: .gt40, body: "<b/>")
        let identifier = UUID()
        #expect(
            message.envelope(identifier: identifier) == """
                <?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" \
                xmlns:a="http://schemas.xmlsoap.org/ws/2004/03/addressing"><S:Header><a:MessageID>uuid:\(identifier)\
                </a:MessageID><a:To>https://h:8443/wsrf/services/F</a:To><a:Action>urn:do</a:Action><a:From><a:Address>\
                http://schemas.xmlsoap.org/ws/2004/03/addressing/role/anonymous</a:Address></a:From>\
                <k:ResourceID xmlns:k="urn:job">Fork</k:ResourceID></S:Header><S:Body><b/></S:Body></S:Envelope>
                """)
    }

    @Test func anEnvelopeOfTheStandards() {
        let message = SOAPMessage(
            to: EndpointReference("https://h/s"), action: "urn:do", dialect: .gt42, body: "<b/>")
        let identifier = UUID()
        #expect(
            message.envelope(identifier: identifier) == """
                <?xml version="1.0" encoding="UTF-8"?><S:Envelope xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" \
                xmlns:a="http://www.w3.org/2005/08/addressing"><S:Header><a:MessageID>uuid:\(identifier)</a:MessageID>\
                <a:To>https://h/s</a:To><a:Action>urn:do</a:Action></S:Header><S:Body><b/></S:Body></S:Envelope>
                """)
    }

    @Test func namesOfPropertiesHaveTheirPrefixInScope() {
        #expect(
            PropertiesQuestion([XMLName("urn:t", "state"), XMLName("urn:f", "fault")], .gt42).text.description
                == """
                <p:GetMultipleResourceProperties xmlns:p="http://docs.oasis-open.org/wsrf/rp-2">\
                <p:ResourceProperty xmlns:q="urn:t">q:state</p:ResourceProperty>\
                <p:ResourceProperty xmlns:q="urn:f">q:fault</p:ResourceProperty></p:GetMultipleResourceProperties>
                """)
    }

    @Test func textCannotBecomeMarkup() throws {
        let text = "a<b>&\"'\u{1}\t\n\r]]>é"
        var written = XMLText()
        written.element("x", ["y": text], text)
        let read = try XMLElement.read(Array(written.description.utf8))
        #expect(read.text == "a<b>&\"'?\t\n\r]]>é")
        #expect(read.attribute("y")?.hasPrefix("a<b>&\"'?") == true)
    }

    @Test func timesAreInUTC() {
        #expect(XMLTime.text(1_795_773_600) == "2026-11-27T10:00:00Z")
    }

    @Test func identifiersAreRandomAndWellFormed() {
        let text = UUID().description
        #expect(text.split(separator: "-").map(\.count) == [8, 4, 4, 4, 12])
        #expect(text.dropFirst(14).first == "4" && "89ab".contains(text.dropFirst(19).first ?? " "))
        #expect(UUID() != UUID())
    }

    @Test(
        arguments: [
            ("https://h/a?b", "h", 443, "/a?b"), ("HTTPS://h:1", "h", 1, "/"), ("https://[::1]:9/x", "::1", 9, "/x"),
        ])
    func urlsAreTakenApart(text: String, host: String, port: Int, path: String) throws {
        let url = try #require(URLParts(text))
        #expect(url.host == host && Int(url.port) == port && url.path == path)
    }

    @Test(arguments: ["http://h/", "https://", "https://u@h/", "https://h:0/", "https://h:x/", "https://h /", "h:1"])
    func otherURLsAreNone(text: String) {
        #expect(URLParts(text) == nil)
    }
}
