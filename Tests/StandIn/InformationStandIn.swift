import Glibc

/// Hosts out of nothing: `hosts=a,b`, told `page=N` at a time, or new ones for ever; `attributes=TEXT` replaces what
/// MONITOR says, `_` being a blank, and `from=NAME` by what is in that file; `generic=N` adds so many attributes of texts.
final class InformationStandIn {
    private let setting: Setting
    private let wire: Wire
    private var told = 0

    init(_ setting: Setting, _ wire: Wire) {
        self.setting = setting
        self.wire = wire
    }

    func take(_ line: String, _ words: [String]) {
        switch words.first {
        case "INIT":
            let fails = setting.has("init-failure") || setting.has("init-failure-and-end")
            wire.say(fails ? "INIT - FAILURE no host list (stand-in)" : "INIT - SUCCESS -")
            if setting.has("init-failure-and-end") { exit(64) }
        case "DISCOVER":
            if setting.has("dies-at-discover") { exit(3) }
            if setting.has("discover-failure") { return wire.say("DISCOVER - FAILURE no such server (stand-in)") }
            if setting.has("endless") {
                told += 1
                return wire.say("DISCOVER - SUCCESS  host\(told).test")
            }
            wire.say("DISCOVER - SUCCESS  \(page().joined(separator: " "))")
        case "MONITOR":
            if setting.has("escapes") { return wire.say("MONITOR \(words[1]) FAILURE \u{1B}[31mred \u{202E}der") }
            if setting.has("monitor-failure") || setting.value("broken") == words[2] {
                return wire.say("MONITOR \(words[1]) FAILURE host unreachable (stand-in)")
            }
            wire.say("MONITOR \(words[1]) SUCCESS \(attributes(of: words[2]))")
        default:
            wire.say("\(words.first ?? "-") - SUCCESS -")
        }
    }

    private func page() -> [String] {
        let hosts = (setting.value("hosts") ?? "host1.test").split(separator: ",").map(String.init)
        guard let size = setting.value("page").flatMap({ Int($0) }), size < hosts.count else { return hosts }
        defer { told += size }
        return (0..<size).map { hosts[(told + $0) % hosts.count] }
    }

    /// The line of a recorded conversation.
    private func attributes(of host: String) -> String {
        if let name = setting.value("from") { return Files.read("\(setting.home)/\(name)") }
        if let text = setting.value("attributes") {
            return text.split(separator: "_", omittingEmptySubsequences: false).joined(separator: " ")
        }
        let storage = setting.value("se").map { "SE_HOSTNAME=\"\($0)\" " } ?? ""
        let generic = (0..<(setting.value("generic").flatMap { Int($0) } ?? 0)).map { " TAG_\($0)=\"x\"" }.joined()
        let nodes = setting.value("busy") == host ? 0 : 4
        return """
            HOSTNAME="\(host)" ARCH="x86_64" OS_NAME="Linux" OS_VERSION="6.1" CPU_MODEL="Stub CPU" CPU_MHZ=2500 \
            CPU_FREE=198 CPU_SMP=2 NODECOUNT=4 SIZE_MEM_MB=4096 FREE_MEM_MB=2048 SIZE_DISK_MB=55570 FREE_DISK_MB=39193 \
            FORK_NAME="jobmanager-fork" LRMS_NAME="jobmanager-fork" LRMS_TYPE="fork" \(storage)QUEUE_NAME[0]="default" \
            QUEUE_NODECOUNT[0]=\(nodes) QUEUE_FREENODECOUNT[0]=\(nodes) QUEUE_MAXTIME[0]=0 QUEUE_MAXCPUTIME[0]=0 \
            QUEUE_MAXCOUNT[0]=0 QUEUE_MAXRUNNINGJOBS[0]=0 QUEUE_MAXJOBSINQUEUE[0]=0 QUEUE_STATUS[0]="enabled" \
            QUEUE_DISPATCHTYPE[0]="Immediate" QUEUE_PRIORITY[0]="NULL"\(generic)
            """
    }
}
