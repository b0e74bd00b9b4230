import Glibc
import MADKit

/// Why gwmad gives up, in words that name the driver, the request and the driver's own answer.
struct Failure: Error, Sendable, CustomStringConvertible {
    /// What happened, for code that decides; people read the text.
    enum Cause: Sendable, Equatable {
        case ordinary
        /// The driver's process is gone.
        case driverEnded
        /// A signal asked gwmad to stop.
        case interrupted(signal: Int32)
    }

    let cause: Cause
    /// The exit status; filled in by the phase it happened in when the place of the failure does not know it.
    var code: ExitCode?
    let description: String

    /// A failure whose exit status the phase decides.
    init(_ description: String, cause: Cause = .ordinary) {
        self.init(nil, description, cause: cause)
    }

    init(_ code: ExitCode?, _ description: String, cause: Cause = .ordinary) {
        self.code = code
        self.description = description
        self.cause = cause
    }

    /// A system call that failed just now.
    static func system(_ description: String, _ code: ExitCode = .system, errno number: Int32 = errno) -> Failure {
        Failure(code, "\(description): \(String(cString: strerror(number)))")
    }

    /// The status to exit with: the shell's convention for a signal, else the code's.
    var status: Int32 {
        if case .interrupted(let signal) = cause { return 128 + signal }
        return (code ?? .system).rawValue
    }
}
