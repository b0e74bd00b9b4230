internal import CGridFTP
import Globus
import MADKit

/// Why a call of the library failed: a server's reply, or something between here and there.
struct FTPFailure: Error, Sendable, Equatable {
    /// The reply code of the server (RFC 959), or 0 when it was not the server that spoke.
    let code: Int
    /// One line, the most telling words first.
    let text: String

    init(code: Int = 0, text: String) {
        self.code = code
        self.text = text
    }

    /// Takes over an error object that a callback was given; `nil` for none. The object stays the library's.
    init?(_ error: UnsafeMutablePointer<globus_object_t>?) {
        guard let error else { return nil }
        code = Int(mad_ftp_reply_code(error))
        text = ServerText.condensed(GlobusText.of(error: UnsafeMutableRawPointer(error)))
    }

    /// Takes over the result of a call; `nil` for success.
    init?(result: globus_result_t) {
        guard result != 0 else { return nil }
        let text = GlobusText.of(result: result)
        self.init(text: ServerText.condensed(text.isEmpty ? "the library refuses the request" : text))
    }

    /// The call was called off.
    static let cancelled = FTPFailure(text: "cancelled")

    /// True when the server answered the command itself, so that asking again would get the same answer. 421 says that
    /// the server is about to hang up.
    var isAnswer: Bool { code >= 400 && code != 421 && code != 426 }

    /// True when the server has closed the control connection, or is about to.
    var saysHungUp: Bool {
        guard code == 0 || code == 421 else { return false }
        let text = text.lowercased()
        return code == 421
            || ["end of file", "end-of-file", "connection reset", "broken pipe", "connection closed", "eof"]
                .contains { text.contains($0) }
    }

    /// True when the server does not let us in.
    var refusesLogin: Bool { code == 530 || code == 535 }

    /// True when the server says that a name does not exist.
    var saysAbsent: Bool {
        guard isAnswer else { return false }
        let text = text.lowercased()
        return text.contains("no such file") || text.contains("path_not_found") || text.contains("not found")
            || text.contains("does not exist")
    }

    /// True when the server does not know the command.
    var saysUnsupported: Bool { [500, 501, 502, 504].contains(code) && !saysAbsent && !text.contains("System error") }

    /// True when the server could not open the data connection.
    var concernsDataConnection: Bool { code == 425 || code == 426 || text.contains("data connection") }

    /// The failure as the driver reports it.
    /// - Parameter place: what was to be done, with its URL.
    func error(at place: String) -> MADError {
        let kind: MADError.Code =
            if self == .cancelled {
                .cancelled
            } else if saysAbsent {
                .unknown
            } else if concernsCredential {
                .credential
            } else if isAnswer {
                .refused
            } else {
                .unreachable
            }
        // The cause first: gwd keeps the beginning, and knows the request.
        let cause = code == 0 || text.hasPrefix("\(code)") ? text : "\(text) (server reply \(code))"
        guard cause.utf8.count > 300 else { return MADError(kind, cause, cause: "[\(place)]") }
        let head = cause.split(separator: ";", maxSplits: 1)
        return MADError(kind, String(head[0].prefix(300)), cause: "[\(place)]" + (head.count > 1 ? head[1] : ""))
    }

    private var concernsCredential: Bool {
        if refusesLogin { return true }
        guard code == 0 else { return false }
        let text = text.lowercased()
        return ["credential", "certificate", "gss", "authenticat"].contains { text.contains($0) }
    }
}
