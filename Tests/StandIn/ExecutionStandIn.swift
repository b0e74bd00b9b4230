import Foundation

/// Runs jobs for real, in `home/HOST`, or in `home/NAME` when `files=NAME` says that the host stores its files there.
final class ExecutionStandIn {
    private let setting: Setting
    private let wire: Wire
    private let children = Children()

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
        guard let text = try? String(contentsOfFile: document, encoding: .utf8) else {
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
        func clause(_ name: String) -> String {
            document.components(separatedBy: "(\(name)=\"").dropFirst().first?.components(separatedBy: "\"").first ?? ""
        }
        let command =
            "cd '\(home)' && HOME='\(home)' exec './\(clause("executable"))' >'\(clause("stdout"))' 2>'\(clause("stderr"))'"
        let pid = children.start(job, command)
        Thread.detachNewThread { [setting, wire, children] in
            var status: Int32 = 0
            waitpid(pid, &status, 0)
            children.remove(job)
            if setting.hasOnce("dies-midjob") { exit(3) }
            if setting.has("poll-only") || setting.has("poll-failure") || status & 0x7F != 0 { return }
            let code = setting.has("exit-code") ? ":\((status >> 8) & 0xFF)" : ""
            wire.say("CALLBACK \(job) SUCCESS \(setting.has("callback-failed") ? "FAILED" : "DONE\(code)")")
        }
    }
}

/// The jobs that run, by number.
final class Children: @unchecked Sendable {
    // Guarded by `lock`.
    private var pids: [String: pid_t] = [:]
    private let lock = NSLock()

    func start(_ job: String, _ command: String) -> pid_t {
        lock.lock()
        defer { lock.unlock() }
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        var mask = sigset_t()
        sigemptyset(&mask)
        posix_spawnattr_setsigmask(&attributes, &mask)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        let words: [String] = ["/bin/sh", "-c", command]
        var arguments = words.map { strdup($0) } + [nil]
        var pid = pid_t()
        posix_spawn(&pid, "/bin/sh", nil, &attributes, &arguments, environ)
        arguments.forEach { free($0) }
        pids[job] = pid
        return pid
    }

    func isRunning(_ job: String) -> Bool {
        lock.lock()
        defer { lock.unlock() }
        return pids[job] != nil
    }

    func remove(_ job: String) {
        lock.lock()
        defer { lock.unlock() }
        pids[job] = nil
    }

    func cancel(_ job: String) {
        lock.lock()
        defer { lock.unlock() }
        if let pid = pids[job] { kill(-pid, SIGTERM) }
    }
}
