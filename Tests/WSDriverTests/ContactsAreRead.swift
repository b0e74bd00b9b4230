import MADKit
import Testing
import WebServices

@testable import gw_em_mad_ws

@Suite struct ContactsAreRead {
    private func factory(_ text: String) throws -> FactoryContact {
        try FactoryContact(try #require(ResourceContact(text)), port: 8443)
    }

    @Test func resourcesNameHostPortAndManager() throws {
        #expect(
            try factory("h.example.org").factory(.gt40).address
                == "https://h.example.org:8443/wsrf/services/ManagedJobFactoryService")
        #expect(try factory("h:9/PBS").manager == "PBS")
        #expect(try factory("h:9/PBS").authority == "h:9")
        #expect(try factory("h/(null)").manager == "Fork")
        #expect(try factory("[::1]:9/Fork").authority == "[::1]:9")
        #expect(throws: MADError.self) { try factory("h:port/Fork") }
    }

    @Test(arguments: Dialect.allCases) func aTicketComesBackAsItWas(dialect: Dialect) throws {
        let ticket = JobTicket(address: "https://h:8443/wsrf/services/X", identifier: "a?b", dialect: dialect)
        let contact = try #require(ticket.contact)
        #expect(JobTicket(contact) == ticket)
        #expect(ticket.endpoint(dialect).references.count == 1)
    }

    @Test func aContactOfTheOriginalHasNoDialect() throws {
        let contact = try #require(JobContact("https://h:8443/wsrf/services/X?1-2"))
        let ticket = try #require(JobTicket(contact))
        #expect(ticket.dialect == nil && ticket.identifier == "1-2")
    }

    @Test(arguments: ["https://h:8443/path", "https://h:8443/path?", "h?1", "http://h/x?1", "https:///x?1"])
    func otherContactsAreNone(text: String) throws {
        #expect(JobTicket(try #require(JobContact(text))) == nil)
    }
}
