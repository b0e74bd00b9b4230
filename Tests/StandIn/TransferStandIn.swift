import Glibc

/// Copies files for real; `gsiftp://HOST/~/PATH` lies in `home/HOST/PATH`.
final class TransferStandIn {
    private let setting: Setting
    private let wire: Wire

    init(_ setting: Setting, _ wire: Wire) {
        self.setting = setting
        self.wire = wire
    }

    func take(_ line: String, _ words: [String]) {
        let job = words.count > 1 ? words[1] : "-"
        switch words.first {
        case "INIT":
            wire.say(setting.has("init-failure") ? "INIT - - FAILURE no proxy (stand-in)" : "INIT - - SUCCESS -")
        case "START":
            if setting.has("start-fails") { return wire.say("START \(job) - FAILURE no slot (stand-in)") }
            wire.say("START \(job) - SUCCESS -")
        case "END":
            if setting.has("end-silent") { return }
            wire.say("END \(job) - SUCCESS -")
        case "RMDIR":
            let path = localPath(words[4])
            if Files.exists(path), Files.run("rm", "-r", path) {
                wire.say("RMDIR \(job) - SUCCESS -")
            } else {
                wire.say("RMDIR \(job) - FAILURE [Errno 2] No such file or directory: '\(path)'")
            }
            if setting.has("blank-line") { wire.say("") }
        case "MKDIR":
            if setting.has("mkdir-fails") { return wire.say("MKDIR \(job) - FAILURE 553 Permission denied (stand-in)") }
            _ = Files.run("mkdir", "-p", localPath(words[4]))
            wire.say("MKDIR \(job) - SUCCESS \(words[4])")
        case "CP":
            copy(job, words[2], words[3], words[4], words[5])
        default:
            wire.say("\(words.first ?? "-") - - SUCCESS -")
        }
    }

    private func copy(_ job: String, _ id: String, _ mode: String, _ source: String, _ destination: String) {
        if setting.has("cp-silent") { return }
        if setting.hasOnce("dies-at-cp") { exit(3) }
        if setting.has("cp-fails") || setting.hasOnce("cp-fails-once") {
            return wire.say("CP \(job) \(id) FAILURE 451 disk full (stand-in)")
        }
        if setting.has("wrong-id") { wire.say("CP \(job) 77 SUCCESS (\(source)->\(destination))") }
        if setting.has("overlong"), id == "0" {
            wire.say("CP \(job) 99 FAILURE " + String(repeating: "x", count: 70_000))
        }
        let target = localPath(destination)
        guard Files.run("cp", localPath(source), target) else {
            return wire.say("CP \(job) \(id) FAILURE cannot copy \(source) (stand-in)")
        }
        chmod(target, mode == "X" ? 0o755 : 0o644)
        wire.say("CP \(job) \(id) SUCCESS (\(source)->\(destination))\(setting.has("control") ? "\t\u{1B}[1m" : "")")
    }

    private func localPath(_ url: String) -> String {
        if url.hasPrefix("file://") { return String(url.dropFirst(7)) }
        let rest = url.dropFirst("gsiftp://".count)
        let host = rest.prefix { $0 != "/" }
        let path = rest.dropFirst(host.count)
        return "\(setting.home)/\(host)/\(path.hasPrefix("/~/") ? path.dropFirst(3) : path)"
    }
}
