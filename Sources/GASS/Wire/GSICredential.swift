internal import CGlobus
import Glibc
import Globus
import MADKit
import Synchronization

/// The server's credential in the hands of GSS-API, for one connection at a time: the library writes into a credential
/// while it makes a context of it.
final class GSICredential: @unchecked Sendable {
    // Sendable because a credential is lent to one connection, or lies unused in the store.
    let handle: gss_cred_id_t
    /// The distinguished name of the user, without the proxies' own parts.
    let identity: String
    fileprivate let modified: Int
    private let store: GSICredentialStore

    fileprivate init(_ credential: Credential, store: GSICredentialStore) throws(MADError) {
        var minor: OM_uint32 = 0
        var handle: gss_cred_id_t?
        // Option 1 of the export formats is a file: "X509_USER_PROXY=path".
        let token = Array("X509_USER_PROXY=\(credential.path)".utf8CString)
        let major = token.withUnsafeBytes { bytes in
            var buffer = gss_buffer_desc(
                length: bytes.count, value: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
            return gss_import_cred(&minor, &handle, nil, 1, &buffer, 0, nil)
        }
        guard GSIError.isGood(major), let handle else {
            throw GSIError.of(major, minor, "cannot use the proxy certificate \(credential.path)")
        }
        self.handle = handle
        self.store = store
        identity = credential.identity
        modified = credential.modified
    }

    deinit {
        var minor: OM_uint32 = 0
        var handle: gss_cred_id_t? = handle
        gss_release_cred(&minor, &handle)
    }

    /// The connection is over.
    func giveBack() { store.take(back: self) }
}

/// Lends credentials to connections and reads the proxy file again when it was renewed. Reading one takes longer than the
/// handshake it is for.
final class GSICredentialStore: Sendable {
    private let watch = ProxyWatch()
    private let unused = Mutex<[GSICredential]>([])

    init() {}

    /// A credential that nobody else uses.
    /// - Throws: ``MADError`` of code `credential` when there is none that is valid.
    func lend() throws(MADError) -> GSICredential {
        let credential = try watch.look()
        let old = unused.withLock { unused in
            unused.removeAll { $0.modified != credential.modified }
            return unused.popLast()
        }
        if let old { return old }
        return try GSICredential(credential, store: self)
    }

    fileprivate func take(back credential: GSICredential) {
        unused.withLock { if $0.count < 16 { $0.append(credential) } }
    }
}

/// A name in GSS-API.
enum GSIName {
    /// The distinguished name of the user, without the proxies' own parts.
    static func text(_ name: gss_name_t) -> String {
        var minor: OM_uint32 = 0
        var buffer = gss_buffer_desc()
        guard GSIError.isGood(gss_display_name(&minor, name, &buffer, nil)) else { return "" }
        defer { gss_release_buffer(&minor, &buffer) }
        return String(decoding: UnsafeRawBufferPointer(start: buffer.value, count: buffer.length), as: UTF8.self)
    }
}

/// What GSS-API's status words say (RFC 2744 §3.9.1).
enum GSIError {
    static let continueNeeded: OM_uint32 = 1

    /// No calling error and no routine error.
    static func isGood(_ major: OM_uint32) -> Bool { major & 0xFFFF_0000 == 0 }

    static func of(_ major: OM_uint32, _ minor: OM_uint32, _ message: String) -> MADError {
        var text: UnsafeMutablePointer<CChar>?
        globus_gss_assist_display_status_str(&text, nil, major, minor, 0)
        defer { free(text) }
        return MADError(
            .credential, message, cause: text.map { GlobusText.gist(of: String(cString: $0)) } ?? "GSS \(major)")
    }
}
