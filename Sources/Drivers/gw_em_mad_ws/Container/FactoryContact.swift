import MADKit
import WebServices

/// Where jobs are submitted: a container, and the local resource manager behind it.
struct FactoryContact: Sendable, Equatable {
    static let standardPort: UInt16 = 8443

    /// Name and port of the container.
    let host: String
    let port: UInt16
    /// The key of the factory: `Fork`, `PBS` …, whose case matters.
    let manager: String

    /// Reads gwd's `host[:port][/manager]`. A manager that gwd lost over a restart, written `(null)`, is Fork.
    init(_ contact: ResourceContact, port: UInt16) throws(MADError) {
        let parts = contact.text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let (host, named) = URLParts.split(parts[0]) else {
            throw MADError(.invalid, "'\(contact)' is no contact of a container (HOST[:PORT][/MANAGER])")
        }
        let manager = parts.count > 1 ? String(parts[1]) : ""
        self.host = host
        self.port = named ?? port
        self.manager = manager.isEmpty || manager == "(null)" ? "Fork" : manager
    }

    /// The factory of `manager` in the container at `url`.
    init(_ url: URLParts, manager: String) {
        host = url.host
        port = url.port
        self.manager = manager
    }

    /// Where the factory is that a job description names; what the factory's reference leaves open is as in this contact.
    func moved(to factory: EndpointReference) throws(MADError) -> FactoryContact {
        guard let url = URLParts(factory.address) else {
            throw MADError(.invalid, "'\(factory.address)' is no https address of a factory")
        }
        return FactoryContact(url, manager: factory.reference("ResourceID") ?? manager)
    }

    /// The container, as one word.
    var authority: String { URLParts(host: host, port: port, path: "/").authority }

    /// The address of one of its services.
    func address(of service: String) -> String {
        URLParts(host: host, port: port, path: "/wsrf/services/\(service)").description
    }

    /// The factory.
    func factory(_ dialect: Dialect) -> EndpointReference {
        EndpointReference(
            address(of: "ManagedJobFactoryService"), key: XMLName(dialect.job, "ResourceID"), manager)
    }
}
