import CLDAP
import Glibc
import MADKit

/// What libldap says in its codes, as errors of ours.
enum DirectoryError {
    /// An error with libldap's words for `code`.
    static func error(_ code: Int32, _ server: DirectoryServer, detail: String? = nil) -> MADError {
        let words = String(cString: ldap_err2string(code))
        let cause = detail.flatMap { $0.isEmpty ? nil : "\(words) (\($0))" } ?? words
        return MADError(kind(code), server.url, cause: cause)
    }

    /// The error that a handle had last. `errno` tells why a connection failed.
    static func last(of handle: OpaquePointer, _ server: DirectoryServer, code: Int32? = nil, errno: Int32 = 0) -> MADError {
        var message: UnsafeMutablePointer<CChar>?
        let last = cldap_last_error(handle, &message)
        defer { ldap_memfree(message) }
        let code = code ?? last
        var detail = message.map { String(cString: $0) } ?? ""
        // libldap looks whether it is connected when a server refused, and hides the reason by that.
        if detail.isEmpty, errno != 0, errno != ENOTCONN, code == LDAP_SERVER_DOWN { detail = String(cString: strerror(errno)) }
        return error(code, server, detail: detail)
    }

    private static func kind(_ code: Int32) -> MADError.Code {
        switch code {
        case LDAP_SERVER_DOWN, LDAP_CONNECT_ERROR, LDAP_UNAVAILABLE, LDAP_BUSY: .unreachable
        case LDAP_TIMEOUT, LDAP_TIMELIMIT_EXCEEDED: .timedOut
        case LDAP_FILTER_ERROR, LDAP_INVALID_DN_SYNTAX: .invalid
        case LDAP_NO_SUCH_OBJECT: .unknown
        case LDAP_INVALID_CREDENTIALS, LDAP_INAPPROPRIATE_AUTH, LDAP_STRONG_AUTH_REQUIRED: .credential
        default: .refused
        }
    }
}
