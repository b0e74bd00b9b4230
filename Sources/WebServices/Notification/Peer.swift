internal import COpenSSL

/// Who is at the other end of a connection: somebody whom an authority of ours vouches for.
struct Peer {
    /// The certificate behind the proxies.
    private let owner: Certificate

    /// Asks a connection after its handshake.
    init?(_ tls: OpaquePointer) {
        let stack = SSL_get0_verified_chain(tls)
        let chain = (0..<mad_certificate_count(stack)).compactMap { mad_certificate_at(stack, $0) }
            .map { Certificate($0) }
        guard let owner = chain.first(where: { $0.proxyKind == nil }) else { return nil }
        self.owner = owner
    }

    /// The distinguished name.
    var subject: String { owner.subject }

    /// Whether it is one of those hosts.
    func isHost(named names: [String]) -> Bool { HostIdentity.matches(owner.raw, names) }

    /// Whether it is the user whose credential that is.
    func isOwner(of credential: ProxyCredential) -> Bool {
        guard let own = credential.chain.first(where: { $0.proxyKind == nil }) else { return false }
        return X509_NAME_cmp(X509_get_subject_name(own.raw), X509_get_subject_name(owner.raw)) == 0
    }
}
