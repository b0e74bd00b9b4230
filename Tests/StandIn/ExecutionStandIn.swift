import Glibc
import MADKit
import Synchronization

/// Runs jobs for real, in `home/HOST`, or in `home/NAME` when `files=NAME` says that the host stores its files there.
final class ExecutionStandIn {
    private let setting: Setting
    private let wire: Wire
    private let children = Children()
    private let waiting = BlockingPool()

    init(_ setting: Setting, _ wire: Wire) {
        self.setting = setting
        self.wire = wire
    }

    func take(_ line: String, _ words: [String]) {
        let job = words.count > 1 ? words[1] : "-"
        switch words.first {
        case "INIT":
            wire.say(
                setting.has("init-failure")
                    ? "INIT 200 FAILURE proxy certificate not found (stand-in)" : "INIT - SUCCESS -")
        case "SUBMIT":
            submit(job, host: String(words[2].prefix { $0 != "/" }), document: words[3])
        case "RECOVER":
            wire.say("RECOVER \(job) SUCCESS DONE")
        case "POLL":
            if setting.has("poll-failure") { return wire.say("POLL \(job) FAILURE connection refused (stand-in)") }
            if setting.has("poll-silent") { return }
            let state = children.isRunning(job) ? "ACTIVE" : setting.has("poll-failed") ? "FAILED" : "DONE"
            wire.say("POLL \(job) SUCCESS \(state)")
        case "CANCEL":
            children.cancel(job)
            wire.say("CANCEL \(job) SUCCESS -")
            if !setting.has("poll-only") { wire.say("CALLBACK \(job) SUCCESS FAILED") }
        default:
            wire.say("\(words.first ?? "-") - SUCCESS -")
        }
    }

    private func submit(_ job: String, host: String, document: String) {
        if setting.has("submit-silent") { return }
        if setting.has("submit-fails") || setting.hasOnce("submit-fails-once") {
            return wire.say("SUBMIT \(job) FAILURE the connection to the server failed (check host and port) (12)")
        }
        let text = Files.read(document)
        guard !text.isEmpty else {
            return wire.say("SUBMIT \(job) FAILURE Error opening RSL file")
        }
        if setting.has("garbage") {
            wire.say("Debug: about to submit")
            wire.say("SUBMIT")
            wire.say("CALLBACK 999 SUCCESS ACTIVE")
        }
        wire.say("SUBMIT \(job) SUCCESS https://\(host):40001/26033/1795171804/")
        if setting.has("callback-failure") {
            return wire.say("CALLBACK \(job) FAILURE the executable does not exist (error 5)")
        }
        if !setting.has("poll-only") {
            wire.say("CALLBACK \(job) SUCCESS PENDING")
            wire.say("CALLBACK \(job) SUCCESS ACTIVE")
        }
        if setting.has("garbage") { wire.say("CALLBACK \(job) SUCCESS STAGEIN") }
        start(job, in: "\(setting.home)/\(setting.value("files") ?? host)", document: text)
    }

    /// Runs what the document names, as a job manager would.
    private func start(_ job: String, in home: String, document: String) {
        /// The value of one clause: what stands in quotes behind its name.
        func clause(_ name: String) -> Substring {
            let words = document.split(separator: "\"", omittingEmptySubsequences: false)
            return words.firstIndex { $0.hasSuffix("(\(name)=") }.map { words[$0 + 1] } ?? ""
        }
        let command =
            "cd '\(home)' && HOME='\(home)' exec './\(clause("executable"))' >'\(clause("stdout"))' 2>'\(clause("stderr"))'"
        let pid = children.start(job, command)
        Task { [setting, wire, children, waiting] in
            let status = try await waiting.run {
                var status: Int32 = 0
                waitpid(pid, &status, 0)
                return status
            }
            children.remove(job)
            if setting.hasOnce("dies-midjob") { exit(3) }
            if setting.has("poll-only") || setting.has("poll-failure") || status & 0x7F != 0 { return }
            let code = setting.has("exit-code") ? ":\((status >> 8) & 0xFF)" : ""
            wire.say("CALLBACK \(job) SUCCESS \(setting.has("callback-failed") ? "FAILED" : "DONE\(code)")")
        }
    }
}

/// The jobs that run, by number.
final class Children: Sendable {
    private let pids = Mutex<[String: pid_t]>([:])

    func start(_ job: String, _ command: String) -> pid_t {
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        let words: [String] = ["/bin/sh", "-c", command]
        var arguments = words.map { strdup($0) } + [nil]
        defer { arguments.forEach { free($0) } }
        var pid = pid_t()
        posix_spawn(&pid, "/bin/sh", nil, &attributes, &arguments, environ)
        let started = pid
        pids.withLock { $0[job] = started }
        return pid
    }

    func isRunning(_ job: String) -> Bool { pids.withLock { $0[job] != nil } }

    func remove(_ job: String) { pids.withLock { $0[job] = nil } }

    func cancel(_ job: String) {
        if let pid = pids.withLock({ $0[job] }) { kill(-pid, SIGTERM) }
    }
}
