import MADKit
import Testing

@testable import WebServices

/// Answers of real containers.
@Suite struct AnswersAreUnderstood {
    @Test(
        arguments: [
            ("gt4.0/create_badfactory.resp.http", "org.globus.wsrf.NoSuchResourceException"),
            (
                "gt4.0/create_bogus.resp.http",
                "org.xml.sax.SAXException: Invalid element in org.globus.exec.generated.JobDescriptionType - bogus"
            ),
            ("gt4.0/create_badtype.resp.http", "java.lang.IllegalArgumentException"),
            ("gt4.0/poll_unknown.resp.http", "ResourceUnknownFault"),
            ("gt4.0/destroy_unknown.resp.http", "Failed to remove resource"),
            ("gt4.0/16-unknown-factory.resp.xml", "ResourceUnknownFault"),
            ("gt4.0/unknown_rp.resp.http", "{http://www.globus.org/namespaces/2004/10/gram/job/description}nope"),
            (
                "gt4.0/bad_action_uri.resp.http",
                "org.apache.axis.types.URI$MalformedURIException: No scheme found in URI."
            ),
            ("gt4.0/badxml.resp.http", "org.xml.sax.SAXException: Bad envelope tag: a"),
            ("gt4.0/mustunderstand.resp.http", "Did not understand \"MustUnderstand\" header(s):"),
            ("gt4.2/create_noaddr.resp.http", "No Action header"),
            ("gt4.2/destroy.resp.http", "No such operation 'Destroy'"),
            ("gt4.2/poll_unknown.resp.http", "ResourceUnknownFault"),
            ("gt4.2/create_badfactory.resp.http", "org.globus.wsrf.NoSuchResourceException"),
        ])
    func faultsAreOneReadableLine(name: String, text: String) throws {
        #expect(try Captured.fault(name).description == text)
    }

    @Test func faultsTellWhatTheyMean() throws {
        for name in [
            "gt4.0/poll_unknown.resp.http", "gt4.0/destroy_unknown.resp.http", "gt4.2/poll_unknown.resp.http",
            "gt4.0/create_badfactory.resp.http", "gt4.2/create_badfactory.resp.http",
            "gt4.0/16-unknown-factory.resp.xml",
        ] {
            #expect(try Captured.fault(name).isResourceUnknown, "\(name)")
        }
        for name in [
            "gt4.0/unknown_rp.resp.http", "gt4.0/unknown_service.resp.http", "gt4.2/destroy.resp.http",
            "gt4.2/create_noaddr.resp.http", "gt4.2/unknown_rp.resp.http",
        ] {
            let fault = try Captured.fault(name)
            #expect(fault.isOperationUnknown && !fault.isResourceUnknown, "\(name)")
        }
        let refusal = try Captured.fault("gt4.0/not_authorised.resp.http")
        #expect(refusal.isAuthorizationRefused && refusal.description.contains("/O=Grid/CN=Other User"))
        #expect(try Captured.fault("gt4.0/bad_xpath.resp.http").description.contains("Expected"))
        // Its type got lost on the way.
        let untyped = try Captured.fault("gt4.2/terminate_unknown.resp.http")
        #expect(untyped.types.isEmpty && untyped.text.isEmpty && untyped.code == "Server.generalException")
    }

    @Test(arguments: ["gt4.0/create.resp.http", "gt4.0/create_noterm.resp.http", "gt4.2/create.resp.http"])
    func theReferenceToAJobIsRead(name: String) throws {
        let element = try #require(try Captured.body(name).child("managedJobEndpoint"))
        let endpoint = try #require(EndpointReference(element))
        #expect(endpoint.address == "https://grid.example.org:8443/wsrf/services/ManagedExecutableJobService")
        #expect(endpoint.references.count == 1)
        #expect(try #require(endpoint.reference("ResourceID")).count == 36)
        let dialect: Dialect = name.hasPrefix("gt4.0") ? .gt40 : .gt42
        let content = try XMLElement.read(
            Array("<e xmlns:a=\"\(dialect.addressing)\">\(endpoint.content(dialect))</e>".utf8))
        #expect(EndpointReference(content) == endpoint)
    }

    @Test func aReferenceIsCopiedAsItCame() throws {
        let answer = try Captured.body("gt4.0/deleg_rst.resp.http")
        let endpoint = try #require(answer.first("EndpointReference").flatMap { EndpointReference($0) })
        #expect(endpoint.address == "https://grid.example.org:8443/wsrf/services/DelegationService")
        let key = try XMLElement.read(Array(try #require(endpoint.references.first).utf8))
        #expect(key.name == XMLName("http://www.globus.org/08/2004/delegationService", "DelegationKey"))
        #expect(key.text == "347617b0-e4c9-11f1-b2b3-d0c4fe45174f")
    }

    @Test(arguments: ["gt4.0/deleg_certchain.resp.http"]) func aCertificateChainIsRead(name: String) throws {
        let token = try #require(try Captured.body(name).first("BinarySecurityToken"))
        let path = try PKIPath(base64: token.text)
        #expect(path.certificates.count == 1)
        #expect(try #require(path.certificates.first).subject.hasPrefix("/O=Grid/"))
        // What is written is what was read.
        #expect(try PKIPath(base64: path.base64).certificates.map(\.der) == path.certificates.map(\.der))
        #expect(throws: MADError.self) { try PKIPath(base64: "AAAA") }
        #expect(throws: MADError.self) { try PKIPath(base64: "not base 64!") }
        #expect(throws: MADError.self) { try PKIPath(base64: String(path.base64.prefix(400))) }
    }

    @Test func propertiesAreFoundByName() throws {
        let properties = Array(try Captured.body("gt4.2/poll.resp.http").children)
        #expect(properties.first { $0.isNamed("state") }?.trimmedText.isEmpty == false)
        #expect(
            properties.contains {
                $0.name == XMLName("http://www.globus.org/namespaces/2008/03/gram/job/types", "exitCode")
            })
        let nothing = try Captured.body("gt4.0/discover_nohit.resp.http")
        #expect(nothing.isNamed("QueryResourcePropertiesResponse") && !nothing.children.contains { _ in true })
        #expect(Int(try Captured.body("gt4.0/query_number.resp.http").trimmedText) != nil)
        #expect(try Captured.body("gt4.2/query_root.resp.http").first("state") != nil)
    }

    @Test func whatIsNoSOAPIsToldWithItsStatus() {
        func error(_ status: Int, _ text: String) -> MADError? {
            do {
                _ = try SOAPAnswer.body(
                    of: HTTPAnswer(status: status, body: Array(text.utf8)), from: Captured.url, limit: 1_000)
                return nil
            } catch {
                return error as? MADError
            }
        }
        #expect(error(503, "<html>busy</html>x")?.code == .unreachable)
        #expect(error(500, "")?.description.contains("(HTTP status 500): the answer is empty") == true)
        #expect(error(200, "<html/>")?.description.contains("no SOAP 1.1 answer (HTTP status 200): html") == true)
        #expect(error(200, "<S:Envelope xmlns:S='http://www.w3.org/2003/05/soap-envelope'/>")?.code == .refused)
    }
}
