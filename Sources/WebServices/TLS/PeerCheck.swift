internal import COpenSSL
import Glibc
import MADKit
import Synchronization

/// What one connection does about trust: shows our credential, checks the peer's certificate, and keeps the reason when it
/// refuses one.
///
/// It lives as long as the connection's SSL_CTX, which holds a reference: servers may negotiate anew long after the
/// request is over that the connection was made for.
final class PeerCheck: Sendable {
    let trust: Trust
    let identity: ProxyCredential?
    /// The names that the server's certificate may be for; `nil` where the peer is a client, of whom only trust is asked
    /// here: what it may do is decided by who it is.
    let names: [String]?
    let log: Log
    private let reason = Mutex<String?>(nil)

    init(trust: Trust, identity: ProxyCredential?, names: [String]?, log: Log) {
        self.trust = trust
        self.identity = identity
        self.names = names
        self.log = log
    }

    private var peer: String { names == nil ? "client" : "server" }

    /// Why the peer, or our own credential, was refused here; `nil` when it was not.
    var refusal: String? { reason.withLock { $0 } }

    private func refuse(_ text: String) { reason.withLock { $0 = $0 ?? text } }

    /// Where an SSL_CTX keeps its reference.
    private static let slot = mad_ssl_context_index { _, record, _, _, _, _ in
        if let record { Unmanaged<PeerCheck>.fromOpaque(record).release() }
    }

    /// Readies the context of a connection that is about to be made.
    /// - Returns: false when it cannot be made; ``refusal`` says why.
    func prepare(_ context: OpaquePointer) -> Bool {
        ERR_clear_error()
        SSL_CTX_set_ex_data(context, PeerCheck.slot, Unmanaged.passRetained(self).toOpaque())
        if trust.acceptsLegacyTLS {
            SSL_CTX_set_security_level(context, 0)
            _ = mad_ssl_context_set_oldest(context, TLS1_VERSION)
            mad_ssl_context_allow_old_servers(context)
            SSL_CTX_set_cipher_list(context, "ALL:!aNULL:!eNULL:@SECLEVEL=0")
        }
        guard let store = X509_STORE_new() else { return false }
        // Files are looked up by hash when they are needed, for each connection: a renewed CRL or a new authority counts
        // at once.
        if let lookup = X509_STORE_add_lookup(store, X509_LOOKUP_hash_dir()) {
            X509_LOOKUP_ctrl(lookup, X509_L_ADD_DIR, trust.directory, Int(X509_FILETYPE_PEM), nil)
        }
        SSL_CTX_set_cert_store(context, store)
        SSL_CTX_set_verify(context, SSL_VERIFY_PEER | (names == nil ? SSL_VERIFY_FAIL_IF_NO_PEER_CERT : 0), nil)
        SSL_CTX_set_cert_verify_callback(
            context,
            { store, record in
                guard let store, let record else { return 0 }
                return Unmanaged<PeerCheck>.fromOpaque(record).takeUnretainedValue().verify(store) ? 1 : 0
            }, Unmanaged.passUnretained(self).toOpaque())
        return show(context)
    }

    /// Puts our credential into the context.
    private func show(_ context: OpaquePointer) -> Bool {
        guard let identity, let proxy = identity.chain.first else { return true }
        guard SSL_CTX_use_certificate(context, proxy.raw) == 1,
            SSL_CTX_use_PrivateKey(context, identity.key) == 1,
            identity.chain.dropFirst().allSatisfy({ mad_ssl_context_add_chain(context, $0.raw) == 1 })
        else {
            let hint = trust.acceptsLegacyTLS ? "" : " (--legacy-tls lets weak signatures pass)"
            refuse("the proxy certificate \(identity.path) cannot be used: \(OpenSSLError.take())\(hint)")
            return false
        }
        return true
    }

    /// Decides about the peer's certificate.
    private func verify(_ store: OpaquePointer) -> Bool {
        let parameters = X509_STORE_CTX_get0_param(store)
        X509_VERIFY_PARAM_set_flags(
            parameters, UInt(X509_V_FLAG_ALLOW_PROXY_CERTS | X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL))
        // A host that calls us shows the certificate that it serves with, which may be marked for servers alone. Who it is
        // counts, and that is the same in both roles.
        if names == nil { X509_VERIFY_PARAM_set_purpose(parameters, X509_PURPOSE_ANY) }
        X509_STORE_CTX_set_verify_cb(store) { isGood, store in
            // Revocation lists count where there are any.
            isGood == 1 || X509_STORE_CTX_get_error(store) == X509_V_ERR_UNABLE_TO_GET_CRL ? 1 : 0
        }
        guard X509_verify_cert(store) == 1 else {
            refuse(untrusted(store))
            return false
        }
        guard let problem = problem(with: X509_STORE_CTX_get0_chain(store)) else {
            X509_STORE_CTX_set_error(store, X509_V_OK)
            return true
        }
        refuse(problem)
        X509_STORE_CTX_set_error(store, X509_V_ERR_APPLICATION_VERIFICATION)
        return false
    }

    private func untrusted(_ store: OpaquePointer) -> String {
        let code = X509_STORE_CTX_get_error(store)
        let culprit = X509_STORE_CTX_get_current_cert(store).map { Certificate($0) }
        let words = X509_verify_cert_error_string(Int(code)).map { String(cString: $0) } ?? "error \(code)"
        let hint =
            switch code {
            case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
                "; its issuer \(culprit?.issuer ?? "?") is not among the authorities in \(trust.directory)"
            case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
                "; it is not among the authorities in \(trust.directory)"
            case X509_V_ERR_CA_MD_TOO_WEAK, X509_V_ERR_EE_KEY_TOO_SMALL, X509_V_ERR_CA_KEY_TOO_SMALL:
                "; --legacy-tls lets it pass"
            default: ""
            }
        return "the \(peer)'s certificate is not trusted: \(words) (\(culprit?.subject ?? "no certificate"))\(hint)"
    }

    /// What is wrong with a chain, peer first, that OpenSSL has found good.
    private func problem(with stack: OpaquePointer?) -> String? {
        let chain = (0..<mad_certificate_count(stack)).compactMap { mad_certificate_at(stack, $0) }
        guard let first = chain.first else { return "the \(peer) showed no certificate" }
        if let names {
            // Who runs a service with a proxy is known by the certificate that the proxy was made from.
            let owner = chain.first { Certificate($0).proxyKind == nil } ?? first
            guard HostIdentity.matches(owner, names) else {
                return "the server's certificate is for \(Certificate(owner).subject), not for \(names[0])"
            }
        }
        for (subject, issuer) in zip(chain, chain.dropFirst()) where Certificate(subject).proxyKind == nil {
            let (subject, authority) = (Certificate(subject).subject, Certificate(issuer).subject)
            guard let policy = SigningPolicy(of: issuer, in: trust.directory) else {
                MissingPolicies.shared.note(authority, in: trust.directory, log)
                continue
            }
            guard policy.allows(subject) else {
                return "the signing policy of \(authority) in \(trust.directory) does not allow it to sign \(subject)"
            }
        }
        return nil
    }
}

/// Speaks of each authority without a signing policy, once.
private final class MissingPolicies: Sendable {
    static let shared = MissingPolicies()
    private let known = Mutex<Set<String>>([])

    func note(_ authority: String, in directory: String, _ log: Log) {
        guard known.withLock({ $0.insert(authority).inserted }) else { return }
        log.warning("no-signing-policy", ["authority": authority, "directory": directory])
    }
}
