internal import CGlobus
import Glibc
import MADKit

/// The user's proxy certificate, as a file that is there, ours, and still valid.
package struct Credential: Sendable, Equatable {
    /// The file.
    package let path: String
    /// The distinguished name of the user, without the proxies' own parts.
    package let identity: String
    /// When it ends, in seconds since 1970.
    package let expiry: Int
    /// When the file was written, in nanoseconds since 1970: a renewed proxy shows here.
    package let modified: Int

    /// Where Globus looks for a proxy: `X509_USER_PROXY`, else `/tmp/x509up_u<uid>`.
    package static var defaultPath: String { Environment["X509_USER_PROXY"] ?? "/tmp/x509up_u\(getuid())" }

    /// Seconds left; negative once it is over.
    package var secondsLeft: Int { expiry - time(nil) }

    /// Reads and checks a proxy file. Opens files only; no server is asked.
    /// - Throws: ``MADError`` of code `credential` that names the file and what is wrong: missing, not ours, open to
    ///   others, unreadable or expired.
    package static func load(_ path: String = defaultPath) throws(MADError) -> Credential {
        var status = stat()
        guard stat(path, &status) == 0 else {
            throw MADError(
                .credential, "no proxy certificate at \(path)",
                cause: "\(String(cString: strerror(errno))) (grid-proxy-init makes one)")
        }
        guard status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
            throw MADError(.credential, "the proxy certificate \(path) is not a regular file of this user")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw MADError(
                .credential, "the proxy certificate \(path) is open to other users",
                cause: "mode \(String(status.st_mode & 0o777, radix: 8)), must be 600")
        }
        try GlobusModule.activate(UnsafeMutableRawPointer(mad_module_credential()))
        let (identity, expiry) = try read(path)
        let modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        let credential = Credential(path: path, identity: identity, expiry: expiry, modified: modified)
        guard credential.secondsLeft > 0 else {
            throw MADError(
                .credential, "the proxy certificate \(path) of \(identity) expired \(-credential.secondsLeft) s ago")
        }
        return credential
    }

    private static func read(_ path: String) throws(MADError) -> (identity: String, expiry: Int) {
        var handle: globus_gsi_cred_handle_t?
        var result = globus_gsi_cred_handle_init(&handle, nil)
        guard result == 0 else { throw unreadable(path, result) }
        defer { globus_gsi_cred_handle_destroy(handle) }
        result = globus_gsi_cred_read_proxy(handle, path)
        guard result == 0 else { throw unreadable(path, result) }
        var goodTill: time_t = 0
        result = globus_gsi_cred_get_goodtill(handle, &goodTill)
        guard result == 0 else { throw unreadable(path, result) }
        var name: UnsafeMutablePointer<CChar>?
        result = globus_gsi_cred_get_identity_name(handle, &name)
        guard result == 0, let name else { throw unreadable(path, result) }
        defer { free(name) }
        return (String(cString: name), goodTill)
    }

    private static func unreadable(_ path: String, _ result: globus_result_t) -> MADError {
        MADError(.credential, "the proxy certificate \(path) cannot be read", cause: GlobusText.of(result: result))
    }
}
