/// A failure in GRAM's own terms: its number and its words.
package struct GRAMError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The number of `globus_gram_protocol_constants.h`.
    package let code: Int32
    /// The library's text on one line, the root of the trouble first.
    package let text: String

    package init(code: Int32, text: String) {
        self.code = code
        self.text = text
    }

    /// The text and the number, by which GRAM's documentation lists it.
    package var description: String { "\(text) (GRAM error \(code))" }

    /// True for a refusal of the far side, which gives no reasons; the library's own refusals come with theirs.
    package var isTheServersWord: Bool { !text.contains("globus_") }

    /// Authentication failed, on either side.
    package static let authentication: Int32 = 7
    /// The job was cancelled by its user.
    package static let userCancelled: Int32 = 8
    /// The conversation broke off.
    package static let protocolFailed: Int32 = 10
    /// The gatekeeper cannot be reached.
    package static let connectionFailed: Int32 = 12
    /// The job manager cannot be reached: it has ended, or the network is down.
    package static let contactingJobManager: Int32 = 79
    /// The job contact is no URL.
    package static let invalidContact: Int32 = 80
    /// The gatekeeper has no such service.
    package static let serviceNotFound: Int32 = 93
    /// The job's state does not allow the request: it is ending.
    package static let queryDenied: Int32 = 94
    /// No job manager has a record of the job to be restarted.
    package static let noStateFile: Int32 = 121
    /// The job manager that was to be restarted runs.
    package static let oldJobManagerAlive: Int32 = 124
    /// The job manager stopped, its job did not.
    package static let jobManagerStopped: Int32 = 130
    /// The job manager's proxy is about to expire, so it stopped; its job did not.
    package static let proxyExpired: Int32 = 131
    /// The job manager knows no such job: it is over.
    package static let jobNotFound: Int32 = 156
}
