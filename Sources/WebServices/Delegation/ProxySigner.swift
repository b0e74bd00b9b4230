internal import COpenSSL
import Glibc
import MADKit

/// How much of the user's rights a service gets.
public enum DelegationMode: String, Sendable, CaseIterable {
    /// All of them, that of submitting further jobs included.
    case full
    /// All but that of submitting jobs.
    case limited
    /// None: the service gets no credential.
    case none
}

extension ProxyCredential {
    /// A proxy of this proxy, over the public key of the service that is to act for the user. It lives as long as this one.
    ///
    /// Delegation services of Globus keep one key pair and take no certificate request: the client signs for the key it is
    /// shown.
    /// - Returns: the chain with the new proxy in front.
    /// - Throws: ``MADError`` when OpenSSL fails.
    func delegated(to holder: Certificate, isLimited: Bool) throws(MADError) -> [Certificate] {
        guard let issuer = chain.first, let raw = X509_new() else {
            throw MADError(.internal, "OpenSSL has no memory")
        }
        let proxy = Certificate(owned: raw)
        // Nobody can hand on more than he has.
        let kind = issuer.proxyKind
        let isLimited = isLimited || kind?.isLimited == true
        let serial = Int.random(in: 1...0x7FFF_FFFF)
        var lastName = String(serial)
        if case .legacy = kind {
            lastName = isLimited ? "limited proxy" : "proxy"
            X509_set_serialNumber(raw, X509_get_serialNumber(issuer.raw))
        } else {
            ASN1_INTEGER_set(X509_get_serialNumber(raw), serial)
        }
        let isDone =
            X509_set_version(raw, 2) == 1
            && ProxyCredential.name(raw, after: issuer.raw, lastName)
            && X509_gmtime_adj(X509_getm_notBefore(raw), -300) != nil
            && ASN1_TIME_set(X509_getm_notAfter(raw), expiry) != nil
            && X509_set_pubkey(raw, X509_get0_pubkey(holder.raw)) == 1
            && ProxyCredential.copyKeyUsage(from: issuer, to: raw)
            && ProxyCredential.addPolicy(kind, isLimited: isLimited, to: raw)
            && X509_sign(raw, key, EVP_sha256()) > 0
        guard isDone else {
            throw MADError(.credential, "cannot delegate the proxy certificate \(path)", cause: OpenSSLError.take())
        }
        return [proxy] + chain
    }

    /// Subject and issuer: the issuer's subject, with one more common name for the new one.
    private static func name(_ raw: OpaquePointer, after issuer: OpaquePointer, _ last: String) -> Bool {
        guard let subject = X509_NAME_dup(X509_get_subject_name(issuer)) else { return false }
        defer { X509_NAME_free(subject) }
        return X509_set_issuer_name(raw, subject) == 1
            && X509_NAME_add_entry_by_NID(subject, NID_commonName, MBSTRING_ASC, Array(last.utf8), -1, -1, 0) == 1
            && X509_set_subject_name(raw, subject) == 1
    }

    private static func copyKeyUsage(from issuer: Certificate, to raw: OpaquePointer) -> Bool {
        if let usage = issuer.extension(NID_key_usage) { return X509_add_ext(raw, usage, -1) == 1 }
        return add(mad_extension(NID_key_usage, "critical,digitalSignature,keyEncipherment,dataEncipherment"), to: raw)
    }

    private static func addPolicy(_ kind: ProxyKind?, isLimited: Bool, to raw: OpaquePointer) -> Bool {
        if case .legacy = kind { return true }
        guard let policy = mad_proxy_extension(isLimited ? ProxyKind.limitedPolicy : ProxyKind.fullPolicy) else {
            return false
        }
        guard case .draft = kind else { return add(policy, to: raw) }
        // The draft has the same content under a number of its own.
        defer { X509_EXTENSION_free(policy) }
        guard let number = OBJ_txt2obj(ProxyKind.draftExtension, 1) else { return false }
        defer { ASN1_OBJECT_free(number) }
        return add(X509_EXTENSION_create_by_OBJ(nil, number, 1, X509_EXTENSION_get_data(policy)), to: raw)
    }

    private static func add(_ part: OpaquePointer?, to raw: OpaquePointer) -> Bool {
        guard let part else { return false }
        defer { X509_EXTENSION_free(part) }
        return X509_add_ext(raw, part, -1) == 1
    }
}
