internal import CGRAM
import Glibc
import Globus

// The C functions that Globus calls, on threads of its own. Everything they are given belongs to the library.

/// Ends a call whose answer is a state or nothing.
func gramAnswered(
    _ argument: UnsafeMutableRawPointer?, _ code: globus_gram_protocol_error_t, _ contact: UnsafePointer<CChar>?,
    _ state: globus_gram_protocol_job_state_t, _ failure: globus_gram_protocol_error_t
) {
    guard let argument else { return }
    let pending = Unmanaged<PendingCall>.fromOpaque(argument).takeRetainedValue()
    pending.fill(
        PendingCall.Outcome(
            error: gramError(Int32(bitPattern: code.rawValue)),
            report: JobReport(
                contact: contact.map { String(cString: $0) } ?? "",
                state: JobReport.State(rawValue: Int32(bitPattern: state.rawValue)),
                failure: gramError(Int32(bitPattern: failure.rawValue)))))
}

/// Ends a call whose answer carries further fields.
func gramInformed(
    _ argument: UnsafeMutableRawPointer?, _ contact: UnsafePointer<CChar>?,
    _ info: UnsafeMutablePointer<globus_gram_client_job_info_t>?
) {
    guard let argument, let info else { return }
    let pending = Unmanaged<PendingCall>.fromOpaque(argument).takeRetainedValue()
    let failure = mad_job_field(info, "job-failure-code").flatMap { Int32(String(cString: $0)) }
    pending.fill(
        PendingCall.Outcome(
            error: gramError(info.pointee.protocol_error_code),
            report: JobReport(
                contact: contact.map { String(cString: $0) } ?? "",
                state: JobReport.State(rawValue: info.pointee.job_state),
                failure: failure.flatMap { gramError($0) },
                exitCode: exitCode(mad_job_field(info, "exit-code")))))
}

/// Takes a notification; `argument` is the listener's ``JobListener``.
func gramNotified(
    _ argument: UnsafeMutableRawPointer?, _ contact: UnsafePointer<CChar>?, _ state: Int32, _ failure: Int32,
    _ code: UnsafePointer<CChar>?
) {
    guard let argument, let contact else { return }
    Unmanaged<JobListener>.fromOpaque(argument).takeUnretainedValue().hear(
        JobReport(
            contact: String(cString: contact), state: JobReport.State(rawValue: state), failure: gramError(failure),
            exitCode: exitCode(code)))
}

/// What hears notifications. Lives as long as the process, because the library may call at any time.
final class JobListener: Sendable {
    let hear: @Sendable (JobReport) -> Void

    init(_ hear: @escaping @Sendable (JobReport) -> Void) {
        self.hear = hear
    }
}

/// The error behind a code, with the details that the library keeps for the calling thread; `nil` for success.
func gramError(_ code: Int32) -> GRAMError? {
    guard code != 0 else { return nil }
    guard let text = mad_gram_error(code) else { return GRAMError(code: code, text: "unknown error") }
    defer { free(text) }
    return GRAMError(code: code, text: GlobusText.gist(of: String(cString: text)))
}

private func exitCode(_ text: UnsafePointer<CChar>?) -> Int? {
    guard let text, let code = Int(String(cString: text)), (0...255).contains(code) else { return nil }
    return code
}
