internal import COpenSSL
import Glibc

/// An X.509 certificate.
public final class Certificate: @unchecked Sendable {
    // Sendable because it is not changed after init, and OpenSSL counts references with atomic operations.
    let raw: OpaquePointer

    /// Takes over a reference.
    init(owned raw: OpaquePointer) {
        self.raw = raw
    }

    /// Takes a reference of its own.
    init(_ raw: OpaquePointer) {
        X509_up_ref(raw)
        self.raw = raw
    }

    /// Reads DER; `nil` when that is no certificate. `rest` receives how many bytes it took.
    convenience init?(der: ArraySlice<UInt8>, length: inout Int) {
        let (raw, taken) = der.withUnsafeBytes { buffer -> (OpaquePointer?, Int) in
            var next = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            let start = next
            let raw = d2i_X509(nil, &next, buffer.count)
            guard let start, let next else { return (raw, 0) }
            return (raw, next - start)
        }
        guard let raw else {
            ERR_clear_error()
            return nil
        }
        length = taken
        self.init(owned: raw)
    }

    deinit { X509_free(raw) }

    /// Its DER form.
    var der: [UInt8] {
        let count = i2d_X509(raw, nil)
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, filled in
            var next = buffer.baseAddress
            filled = Int(max(0, i2d_X509(raw, &next)))
        }
    }

    /// The subject as Globus writes it: `/O=Grid/CN=Test User`.
    public var subject: String { Certificate.text(X509_get_subject_name(raw)) }
    /// The issuer, likewise.
    public var issuer: String { Certificate.text(X509_get_issuer_name(raw)) }

    /// When it ends, in seconds since 1970.
    public var expiry: Int {
        var time = tm()
        guard ASN1_TIME_to_tm(X509_get0_notAfter(raw), &time) == 1 else { return 0 }
        return timegm(&time)
    }

    private static func text(_ name: OpaquePointer?) -> String {
        guard let text = X509_NAME_oneline(name, nil, 0) else { return "" }
        defer { CRYPTO_free(text, nil, 0) }
        // OpenSSL 3 escapes a slash inside a name, such as in CN=host/NAME; nobody else who writes names so does.
        return String(cString: text).split(separator: "\\/", omittingEmptySubsequences: false).joined(separator: "/")
    }
}

/// The kinds of proxy certificate that grids have known, newest first.
enum ProxyKind: Sendable, Equatable {
    /// RFC 3820.
    case rfc(policy: String)
    /// The draft of it that Globus 3 wrote.
    case draft(limited: Bool)
    /// Globus 2: nothing but a last `CN=proxy` or `CN=limited proxy`.
    case legacy(limited: Bool)

    static let draftExtension = "1.3.6.1.4.1.3536.1.222"
    static let fullPolicy = "1.3.6.1.5.5.7.21.1"
    static let limitedPolicy = "1.3.6.1.4.1.3536.1.1.1.9"

    /// True when a job submitted with it may not submit others.
    var isLimited: Bool {
        switch self {
        case .rfc(let policy): policy == ProxyKind.limitedPolicy
        case .draft(let limited), .legacy(let limited): limited
        }
    }
}

extension Certificate {
    /// What kind of proxy it is; `nil` for any other certificate.
    var proxyKind: ProxyKind? {
        var policy = [CChar](repeating: 0, count: 80)
        if mad_proxy_policy(raw, &policy, 80) == 1 {
            return .rfc(policy: String(decoding: policy.prefix { $0 != 0 }.map { UInt8($0) }, as: UTF8.self))
        }
        let subject = subject
        let isLimited = subject.hasSuffix("/CN=limited proxy")
        guard let draft = OBJ_txt2obj(ProxyKind.draftExtension, 1) else { return nil }
        defer { ASN1_OBJECT_free(draft) }
        if X509_get_ext_by_OBJ(raw, draft, -1) >= 0 { return .draft(limited: isLimited) }
        let issuer = issuer
        if subject == issuer + "/CN=proxy" || subject == issuer + "/CN=limited proxy" {
            return .legacy(limited: isLimited)
        }
        return nil
    }

    /// An extension of it; borrowed.
    func `extension`(_ kind: Int32) -> OpaquePointer? {
        let index = X509_get_ext_by_NID(raw, kind, -1)
        return index >= 0 ? X509_get_ext(raw, index) : nil
    }
}
