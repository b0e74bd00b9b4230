internal import CGRAM
import Glibc
import Globus
import MADKit
import Synchronization

/// GRAM's client as async functions: submit, ask, cancel, listen, renew.
///
/// The library is activated at the first call, because it needs a valid proxy then; it keeps that proxy, so each call
/// looks whether the file changed and hands a new one over. Calls are started on threads that may block (the library
/// resolves host names while it starts a call) and answered on the library's own.
///
/// The order of locks: `lock` is taken first; inside it those of ``ProxyWatch`` and ``GlobusModule``, then the library's
/// own. `state` and the locks that the library's callbacks take (a ``PendingCall``'s, the listener's) are leaves: nothing
/// else is taken, and the library is not called, while one of them is held. Callbacks never take `lock`, because the
/// library may hold locks of its own while it calls.
package final class GRAMClient: Sendable {
    private struct State {
        var isActive = false
        /// When the proxy file in use was written.
        var credential = 0
        var callbackURL: String?
    }

    private let proxy: ProxyWatch
    private let gatekeepers: BlockingPool
    private let jobManagers = BlockingPool(limit: 8)
    private let listener: JobListener?
    private let state = Mutex(State())
    private let lock = SharedLock()

    /// - Parameters:
    ///   - proxy: the proxy certificate to use.
    ///   - threads: where calls to gatekeepers start; calls to job managers have threads of their own.
    ///   - listener: told what job managers say unasked; without one no port is opened.
    package init(proxy: ProxyWatch, threads: BlockingPool, listener: (@Sendable (JobReport) -> Void)?) {
        self.proxy = proxy
        gatekeepers = threads
        self.listener = listener.map { JobListener($0) }
    }

    /// Activates the library and adopts the proxy as it is now.
    /// - Throws: ``MADError`` of code `credential` that names what is wrong with the proxy.
    @discardableResult
    package func prepare() async throws -> Credential {
        try await jobManagers.run { [self] in try ready() }
    }

    /// Asks a gatekeeper to run a job. With callbacks, its states are reported from now on.
    /// - Parameters:
    ///   - rsl: the job description, passed on byte by byte; without NUL.
    ///   - late: is given the contact of a job that was accepted after the calling task had been cancelled.
    /// - Returns: the job's contact.
    package func submit(
        _ rsl: [UInt8], to gatekeeper: GatekeeperContact, late: @escaping @Sendable (String) -> Void
    ) async throws -> String {
        let pending = PendingCall { outcome in
            if !outcome.report.contact.isEmpty { late(outcome.report.contact) }
        }
        let text = rsl.map { CChar(bitPattern: $0) } + [0]
        let outcome = try await call(pending, on: gatekeepers) { argument, callbackURL in
            globus_gram_client_register_job_request_with_info(
                gatekeeper.text, text, allStates, callbackURL, nil, gramInformed, argument)
        }
        return outcome.report.contact
    }

    /// How many bytes a job description of this kind may have; `nil` when `rsl` fits.
    package func room(for rsl: [UInt8]) -> Int? {
        let size = GRAMMessage.size(of: rsl, mask: allStates, callbackURL: state.withLock { $0.callbackURL })
        return size <= GRAMMessage.limit ? nil : max(0, rsl.count - (size - GRAMMessage.limit))
    }

    /// Asks for a job manager to take up a job again whose job manager is gone. Harmless when it is not gone.
    /// - Returns: the job's contact of now.
    package func restart(_ contact: String, at gatekeeper: GatekeeperContact) async throws -> String {
        let quoted = contact.filter { $0 != "\"" }
        return try await submit(Array("&(restart=\"\(quoted)\")".utf8), to: gatekeeper) { _ in }
    }

    /// Asks a job manager for a job's state.
    package func status(of contact: String) async throws -> JobReport {
        try await ask(contact) { argument, _ in
            globus_gram_client_register_job_status_with_info(contact, nil, gramInformed, argument)
        }
    }

    /// Asks a job manager to report a job's states to this process; returns the present one. Without callbacks this only
    /// asks.
    package func watch(_ contact: String) async throws -> JobReport {
        guard listener != nil else { return try await status(of: contact) }
        return try await ask(contact) { argument, callbackURL in
            globus_gram_client_register_job_callback_registration(
                contact, allStates, callbackURL, nil, gramAnswered, argument)
        }
    }

    /// Asks a job manager to end a job. The answer may take seconds: the fork job manager waits between TERM and KILL.
    package func cancel(_ contact: String) async throws {
        _ = try await ask(contact) { argument, _ in
            globus_gram_client_register_job_cancel(contact, nil, gramAnswered, argument)
        }
    }

    /// Hands the proxy of now to a job.
    package func renewCredential(of contact: String) async throws {
        _ = try await ask(contact) { argument, _ in
            let text = strdup(contact)
            defer { free(text) }
            return globus_gram_client_register_job_refresh_credentials(text, nil, nil, gramAnswered, argument)
        }
    }

    /// Calls the library with the argument for its callback and the URL for notifications, if there is one. It runs while
    /// `lock` is held, and takes no lock of ours.
    private typealias Start = @Sendable (UnsafeMutableRawPointer, String?) -> Int32

    private func ask(
        _ contact: String, _ start: @escaping Start
    ) async throws -> JobReport {
        let report = try await call(PendingCall(), on: jobManagers, start).report
        return JobReport(contact: contact, state: report.state, failure: report.failure, exitCode: report.exitCode)
    }

    /// Starts a call and waits for its end.
    private func call(
        _ pending: PendingCall, on threads: BlockingPool, _ start: @escaping Start
    ) async throws -> PendingCall.Outcome {
        try await threads.run { [self] in
            try ready()
            try Task.checkCancellation()
            // Released by the callback, or here when there will be none.
            let argument = Unmanaged.passRetained(pending)
            let callbackURL = state.withLock { $0.callbackURL }
            let code = lock.shared { start(argument.toOpaque(), callbackURL) }
            if let error = gramError(code) {
                argument.release()
                throw error
            }
        }
        let outcome = try await pending.outcome()
        if let error = outcome.error { throw error }
        return outcome
    }

    /// Activates the library, or adopts a renewed proxy. Blocks.
    @discardableResult
    private func ready() throws(MADError) -> Credential {
        let credential = try proxy.look()
        if state.withLock({ $0.credential == credential.modified }) { return credential }
        return try lock.alone { () throws(MADError) in
            // While this thread waited another may have done the same, or the proxy been renewed again.
            let credential = try proxy.look()
            let known = state.withLock { $0 }
            if known.credential == credential.modified { return credential }
            if known.isActive {
                try adopt()
            } else {
                // A job manager may call while as many requests hang on silent servers; the library would let it wait.
                setenv("GLOBUS_GRAM_PROTOCOL_MAX_CONCURRENCY", "1000", 0)
                try activate(with: credential)
                state.withLock { $0.isActive = true }
            }
            var callbackURL = known.callbackURL
            if callbackURL == nil { callbackURL = try listen() }
            let new = State(isActive: true, credential: credential.modified, callbackURL: callbackURL)
            state.withLock { $0 = new }
            return credential
        }
    }

    private func activate(with credential: Credential) throws(MADError) {
        do {
            try GlobusModule.activate(UnsafeMutableRawPointer(mad_module_gram_client()))
        } catch {
            // The reason is kept for this thread; the proxy itself was found good before.
            throw MADError(
                .credential, "GRAM cannot start with the proxy certificate \(credential.path)",
                cause: gramError(GRAMError.authentication)?.description ?? error.description)
        }
    }

    /// Hands the proxy of now to the library; `lock` is held alone, because calls that start use the one before.
    private func adopt() throws(MADError) {
        var text: UnsafeMutablePointer<CChar>?
        let code = mad_use_new_credential(&text)
        defer { free(text) }
        guard code != 0 else { return }
        let cause = text.map { GlobusText.gist(of: String(cString: $0)) } ?? gramError(code)?.description
        throw MADError(.credential, "GRAM does not take the new proxy certificate", cause: cause)
    }

    private func listen() throws(MADError) -> String? {
        guard let listener else { return nil }
        var url: UnsafeMutablePointer<CChar>?
        // The listener stays for the life of the process, as does this reference.
        let code = mad_listen(gramNotified, Unmanaged.passRetained(listener).toOpaque(), &url)
        guard code == 0, let url else {
            throw MADError(
                .system, "cannot open a port for job managers' notifications", cause: gramError(code)?.description)
        }
        defer { free(url) }
        return String(cString: url)
    }
}

private let allStates = Int32(GLOBUS_GRAM_PROTOCOL_JOB_STATE_ALL.rawValue)
