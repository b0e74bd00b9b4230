import MADKit
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
    private static let patience = Duration.seconds(40)

    private let soap: SOAPClient
    private let fixed: Dialect?
    private let log: Log
    private let dialects = Shared<String, Dialect>()
    private let delegates = Shared<Place, Delegate>()

    /// - Parameter dialect: that of all containers; `nil` to ask each.
    init(_ soap: SOAPClient, dialect: Dialect?, log: Log) {
        self.soap = soap
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
                .understanding(of: contact.factory(dialect), patience: Containers.patience)
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

    /// To whom credentials for the jobs of a factory are delegated.
    func delegate(of factory: EndpointReference, _ dialect: Dialect) async throws -> Delegate {
        try await delegates.value(Place(factory: factory, dialect: dialect)) { [soap] in
            let address = try await JobService(soap: soap, dialect: dialect)
                .delegationFactory(of: factory, patience: Containers.patience)
            let holder = try await DelegationClient(soap, dialect).holder(at: address, patience: Containers.patience)
            return Delegate(factory: address, holder: holder)
        }
    }

    /// A delegation failed: the container may have got another certificate.
    func forgetDelegate(of factory: EndpointReference, _ dialect: Dialect) {
        delegates.forget(Place(factory: factory, dialect: dialect))
    }
}
