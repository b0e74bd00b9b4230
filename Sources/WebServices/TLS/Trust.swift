import Glibc
import MADKit

/// Whom to believe: a directory of authorities, and how old a TLS may be.
public struct Trust: Sendable {
    /// Certificates of authorities under their hashed names (`1a2b3c4d.0`), with signing policies
    /// (`1a2b3c4d.signing_policy`) and revocation lists (`1a2b3c4d.r0`) beside them.
    public let directory: String
    /// Lets TLS 1.0, SHA-1 signatures, short keys and servers without secure renegotiation pass.
    public let acceptsLegacyTLS: Bool

    /// Names the directory.
    public init(directory: String = Trust.defaultDirectory, acceptsLegacyTLS: Bool = false) {
        self.directory = directory
        self.acceptsLegacyTLS = acceptsLegacyTLS
    }

    /// Where Globus looks: `X509_CERT_DIR`, else `~/.globus/certificates` if that is there, else
    /// `/etc/grid-security/certificates`.
    public static var defaultDirectory: String {
        if let named = Environment["X509_CERT_DIR"] { return named }
        if let home = Environment["HOME"], access("\(home)/.globus/certificates", R_OK | X_OK) == 0 {
            return "\(home)/.globus/certificates"
        }
        return "/etc/grid-security/certificates"
    }
}
