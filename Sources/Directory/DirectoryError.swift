import CLDAP
import MADKit

/// What libldap says in its codes, as errors of ours.
enum DirectoryError {
    /// An error with libldap's words for `code`.
    static func error(_ code: Int32, _ server: DirectoryServer, detail: String? = nil) -> MADError {
        let words = String(cString: ldap_err2string(code))
        let cause = detail.flatMap { $0.isEmpty ? nil : "\(words) (\($0))" } ?? words
        return MADError(kind(code), server.url, cause: cause)
    }

    /// The error that a handle had last.
    static func last(of handle: OpaquePointer, _ server: DirectoryServer, code: Int32? = nil) -> MADError {
        var message: UnsafeMutablePointer<CChar>?
        let last = cldap_last_error(handle, &message)
        defer { ldap_memfree(message) }
        return error(code ?? last, server, detail: message.map { String(cString: $0) })
    }

    /// The code of that error.
    static func code(of handle: OpaquePointer) -> Int32 {
        var message: UnsafeMutablePointer<CChar>?
        defer { ldap_memfree(message) }
        return cldap_last_error(handle, &message)
    }

    /// A server that took the connection and then ended it.
    static func closed(_ server: DirectoryServer) -> MADError {
        MADError(.unreachable, server.url, cause: "the server closed the connection")
    }

    /// A server that answers in another protocol.
    static func foreign(_ server: DirectoryServer) -> MADError {
        MADError(.unreachable, server.url, cause: "the server does not speak LDAP")
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
