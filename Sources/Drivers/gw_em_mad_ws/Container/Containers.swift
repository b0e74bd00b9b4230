import MADKit
import Synchronization
import WebServices

/// What has been learned about containers: which dialect each speaks, and whom to delegate to.
final class Containers: Sendable {
    private struct Place: Hashable {
        let factory: EndpointReference
        let dialect: Dialect
    }

    /// Where and to whom credentials are delegated.
    struct Delegate: Sendable {
        let factory: EndpointReference
        let holder: DelegationClient.Holder
    }

    /// How long one question about a container may take.
    private let patience: Duration

    private let soap: SOAPClient
    private let fixed: Dialect?
    private let log: Log
    private let dialects = Shared<String, Dialect>()
    private let delegates = Shared<Place, Delegate>()
    private let neighbours = Shared<Place, DelegationClient.Holder>()
    private let factories = Mutex<Set<EndpointReference>>([])

    /// - Parameter dialect: that of all containers; `nil` to ask each.
    /// - Parameter patience: the deadline of a request.
    init(_ soap: SOAPClient, dialect: Dialect?, patience: Duration, log: Log) {
        self.soap = soap
        self.patience = min(.seconds(40), patience / 2)
        fixed = dialect
        self.log = log
    }

    /// The dialect of a container.
    func dialect(of contact: FactoryContact) async throws -> Dialect {
        if let fixed { return fixed }
        return try await dialects.value(contact.authority) { [self] in
            let dialect = try await probe(contact)
            log.info("dialect", ["container": contact.authority, "gt": dialect.rawValue])
            return dialect
        }
    }

    private func probe(_ contact: FactoryContact) async throws -> Dialect {
        func ask(_ dialect: Dialect) async throws -> JobService.Understanding {
            try await JobService(soap: soap, dialect: dialect)
                .understanding(of: contact.factory(dialect), patience: patience)
        }
        let new = try await ask(.gt42)
        guard new != .speaks else { return .gt42 }
        switch (try await ask(.gt40), new) {
        case (.speaks, _): return .gt40
        case (_, .unclear): return .gt42
        case (.unclear, _): return .gt40
        default:
            throw MADError(
                .refused, "\(contact.authority) answers neither as GT 4.0 nor as GT 4.2; perhaps it has no WS-GRAM")
        }
    }

    /// The same factory, as it was first known: all its jobs share what is said of it.
    func known(_ factory: EndpointReference) -> EndpointReference {
        factories.withLock { $0.insert(factory).memberAfterInsert }
    }

    /// To whom credentials for the jobs of a factory are delegated.
    func delegate(of factory: EndpointReference, _ dialect: Dialect) async throws -> Delegate {
        try await delegates.value(Place(factory: factory, dialect: dialect)) { [soap, patience] in
            let address = try await JobService(soap: soap, dialect: dialect)
                .delegationFactory(of: factory, patience: patience)
            let holder = try await DelegationClient(soap, dialect).holder(at: address, patience: patience)
            return Delegate(factory: address, holder: holder)
        }
    }

    /// To whom a credential was delegated: the factory beside the service in which it lives tells.
    func holder(of credential: EndpointReference, _ dialect: Dialect) async throws -> DelegationClient.Holder {
        let factory = try Containers.factory(beside: credential)
        return try await neighbours.value(Place(factory: factory, dialect: dialect)) { [soap, patience] in
            try await DelegationClient(soap, dialect).holder(at: factory, patience: patience)
        }
    }

    /// A credential was refused: the container may have got another certificate.
    func forgetHolder(of credential: EndpointReference, _ dialect: Dialect) {
        guard let factory = try? Containers.factory(beside: credential) else { return }
        neighbours.forget(Place(factory: factory, dialect: dialect))
    }

    /// The toolkit has both services side by side, under these names.
    private static func factory(beside credential: EndpointReference) throws(MADError) -> EndpointReference {
        guard let slash = credential.address.lastIndex(of: "/") else {
            throw MADError(.invalid, "'\(credential.address)' is no address of a service")
        }
        return EndpointReference(credential.address[...slash] + "DelegationFactoryService")
    }

    /// A delegation failed: the container may have got another certificate.
    func forgetDelegate(of factory: EndpointReference, _ dialect: Dialect) {
        delegates.forget(Place(factory: factory, dialect: dialect))
    }
}
