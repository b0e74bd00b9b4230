import Glibc
import Synchronization

/// A driver without a grid, for tests of whoever plays gwd's part: it does the real work below a directory that stands for
/// the hosts, and goes wrong on demand.
///
///     mad_stand_in "tm home=/tmp/hosts fault=cp-fails"
@main
enum StandIn {
    static func main() {
        let setting = Setting(CommandLine.arguments)
        setting.leaveCard()
        let wire = Wire()
        let answer: (String, [String]) -> Void
        switch setting.kind {
        case "im": answer = InformationStandIn(setting, wire).take
        case "tm": answer = TransferStandIn(setting, wire).take
        default: answer = ExecutionStandIn(setting, wire).take
        }
        if setting.has("banner") { wire.say("Welcome to the driver") }
        while let line = readLine() {
            let words = line.split(separator: " ").map(String.init)
            if words.first == "INIT" {
                if setting.has("init-silent") { continue }
                if setting.has("init-dies") {
                    Files.say("no proxy, no driver", to: 2)
                    exit(7)
                }
            }
            answer(line, words)
            if words.first == "FINALIZE" {
                if setting.has("stays") { sleep(60) }
                exit(0)
            }
        }
    }
}

/// What the one argument says.
struct Setting: Sendable {
    let kind: String
    /// The directory that holds a home for each host.
    let home: String
    let words: [String]
    private let arguments: [String]

    init(_ arguments: [String]) {
        self.arguments = arguments
        words = arguments.dropFirst().joined(separator: " ").split(separator: " ").map(String.init)
        kind = words.first ?? "em"
        home = words.first { $0.hasPrefix("home=") }.map { String($0.dropFirst(5)) } ?? "/nonexistent"
    }

    func value(_ name: String) -> String? {
        words.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(name.count + 1)) }
    }

    func has(_ fault: String) -> Bool { words.contains("fault=\(fault)") }

    /// True for a fault the first time only, also across restarts of the driver.
    func hasOnce(_ fault: String) -> Bool {
        let mark = "\(home)/once-\(fault)"
        guard has(fault), !Files.exists(mark) else { return false }
        Files.write(mark, "")
        return true
    }

    /// How it was started, for the test to read: argv, working directory, blocked signals.
    func leaveCard() {
        let blocked = Files.read("/proc/self/status").split(separator: "\n").first { $0.hasPrefix("SigBlk") } ?? ""
        let directory = getcwd(nil, 0).map { String(cString: $0) } ?? ""
        Files.write("\(home)/\(kind).card", "argv=\(arguments.dropFirst())\ncwd=\(directory)\n\(blocked)\n")
    }
}

/// stdout, one line at a time, from any thread.
final class Wire: Sendable {
    private let lock = Mutex(())

    func say(_ line: String) { lock.withLock { _ in Files.say(line, to: 1) } }
}
