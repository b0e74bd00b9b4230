import MADKit

/// Gives a container a credential to act with: the delegation service of Globus Toolkit 4.
public struct DelegationClient: Sendable {
    private let resources: ResourceClient

    /// Chooses a dialect.
    public init(_ soap: SOAPClient, _ dialect: Dialect) {
        resources = ResourceClient(soap, dialect)
    }

    /// The key that credentials for a container are made for.
    public struct Holder: Sendable {
        let certificate: Certificate
    }

    private static let trust = "http://schemas.xmlsoap.org/ws/2004/04/trust"
    private static let security =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
    private static let pkiPath =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-x509-token-profile-1.0#X509PKIPathv1"
    private static let base64 =
        "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-soap-message-security-1.0#Base64Binary"

    private var dialect: Dialect { resources.dialect }

    /// Asks a delegation factory for its key, which rarely changes: keep it and ask again when a delegation fails.
    public func holder(at factory: EndpointReference, patience: Duration = .seconds(60)) async throws -> Holder {
        let chains = try await resources.property(
            XMLName(dialect.delegation, "CertificateChain"), of: factory, patience: patience)
        guard let token = chains.lazy.compactMap({ $0.first("BinarySecurityToken") }).first else {
            throw MADError(.refused, "\(factory.address) shows no certificate chain")
        }
        // The container's own certificate is the last of the path.
        guard let certificate = try PKIPath(base64: token.text).certificates.last else {
            throw MADError(.refused, "\(factory.address) shows no certificate chain")
        }
        return Holder(certificate: certificate)
    }

    /// Delegates `credential`, and tells where the delegated one is.
    public func delegate(
        _ credential: ProxyCredential, isLimited: Bool, to holder: Holder, at factory: EndpointReference,
        patience: Duration = .seconds(60)
    ) async throws -> EndpointReference {
        let token = DelegationClient.token(
            try credential.delegated(to: holder.certificate, isLimited: isLimited))
        var body = XMLText()
        body.element("t:RequestSecurityToken", ["xmlns:t": DelegationClient.trust]) { $0.verbatim(token) }
        let answer = try await resources.soap.call(
            SOAPMessage(
                to: factory, action: dialect.requestSecurityTokenAction, dialect: dialect, body: body.description,
                kind: .bulk, patience: patience))
        guard let endpoint = answer.first("EndpointReference").flatMap({ EndpointReference($0) }) else {
            throw MADError(.refused, "\(factory.address) does not tell where the delegated credential is")
        }
        return endpoint
    }

    /// Exchanges a delegated credential for one made from `credential`.
    public func refresh(
        _ delegated: EndpointReference, with credential: ProxyCredential, isLimited: Bool, for holder: Holder,
        patience: Duration = .seconds(60)
    ) async throws {
        let token = DelegationClient.token(
            try credential.delegated(to: holder.certificate, isLimited: isLimited))
        var body = XMLText()
        body.element("d:refreshRequest", ["xmlns:d": dialect.delegation]) { $0.verbatim(token) }
        try await resources.soap.call(
            SOAPMessage(
                to: delegated, action: dialect.refreshAction, dialect: dialect, body: body.description,
                patience: patience))
    }

    /// Destroys a delegated credential.
    public func destroy(_ delegated: EndpointReference, patience: Duration = .seconds(60)) async throws {
        try await resources.destroy(delegated, patience: patience)
    }

    /// The chain as a token, the user's certificate first and the new proxy last.
    private static func token(_ chain: [Certificate]) -> String {
        var text = XMLText()
        text.element(
            "w:BinarySecurityToken",
            ["xmlns:w": security, "EncodingType": base64, "ValueType": pkiPath], PKIPath(chain.reversed()).base64)
        return text.description
    }
}
