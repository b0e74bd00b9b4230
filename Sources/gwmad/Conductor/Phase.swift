/// The stages of a job's way, as the table at the end names them.
enum Phase: String, Sendable {
    case information = "find a host"
    case drivers = "start drivers"
    case stageIn = "stage in"
    case submit = "submit"
    case pending = "pending"
    case active = "active"
    case stageOut = "stage out"
    case finalize = "finalize"

    /// The exit status of a failure in this phase.
    var code: ExitCode {
        switch self {
        case .information: .information
        case .drivers: .drivers
        case .stageIn: .stageIn
        case .submit, .pending, .active: .execution
        case .stageOut, .finalize: .stageOut
        }
    }
}

/// Measures how long each phase takes; exactly one is running at a time.
final class PhaseClock {
    /// One row of the table.
    struct Entry: Sendable, Equatable {
        let phase: Phase
        var duration: Duration
        var remark: String
    }

    private(set) var entries: [Entry] = []
    private var started = ContinuousClock.now
    private let beginning = ContinuousClock.now
    private(set) var current: Phase?
    private let console: Console

    init(console: Console) {
        self.console = console
    }

    /// Ends the running phase and begins the next; the same phase again goes on counting.
    func enter(_ phase: Phase, _ text: String? = nil) {
        guard phase != current else { return }
        stop()
        current = phase
        started = .now
        if !entries.contains(where: { $0.phase == phase }) {
            entries.append(Entry(phase: phase, duration: .zero, remark: ""))
        }
        console.begin(text.map { "\(phase.rawValue): \($0)" } ?? phase.rawValue)
    }

    /// What the table says of the running phase.
    func remark(_ text: String) {
        guard let index = entries.firstIndex(where: { $0.phase == current }) else { return }
        entries[index].remark = text
    }

    /// Ends the running phase.
    func stop() {
        guard let index = entries.firstIndex(where: { $0.phase == current }), let phase = current else { return }
        entries[index].duration += .now - started
        current = nil
        let remark = entries[index].remark
        console.finish(remark.isEmpty ? phase.rawValue : "\(phase.rawValue): \(remark)", took: entries[index].duration)
    }

    /// The phases with their times, and the sum.
    var table: TextTable {
        var table = TextTable(columns: [.init(title: "PHASE"), .init(title: "TIME", isNumber: true), .init(title: "")])
        table.indentation = "  "
        table.rows = entries.map { [$0.phase.rawValue, $0.duration.inSeconds, $0.remark] }
        table.rows.append(["total", (ContinuousClock.now - beginning).inSeconds, ""])
        return table
    }
}
