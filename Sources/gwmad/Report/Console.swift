import Glibc
import MADKit

/// Tells on stderr what is going on: a line that lives on a terminal, plain lines elsewhere.
final class Console {
    private let output: Output
    private let isTerminal: Bool
    private let isVerbose: Bool
    /// What is being done, and since when; shown on a terminal with the time it takes.
    private var activity: (text: String, since: ContinuousClock.Instant)?
    private var hasLiveLine = false
    private var lastDrawn = ContinuousClock.now
    /// How often a driver did something that gwd would misread.
    private(set) var defects = 0

    init(isVerbose: Bool, output: Output = .errors) {
        self.output = output
        self.isVerbose = isVerbose
        isTerminal = output.isTerminal
    }

    /// How long the loop may sleep before the live line wants to be drawn again; long when there is none.
    var refreshMilliseconds: Int64 { isTerminal && activity != nil ? 100 : 60_000 }

    /// What is being done now.
    func begin(_ text: String) {
        if isTerminal {
            activity = (text, .now)
            draw()
        } else {
            say("gwmad: \(text)")
        }
    }

    /// More about what is being done: a count, a state. Plain output tells it only when it is `news`.
    func update(_ text: String, isNews: Bool = false) {
        if isTerminal {
            activity?.text = text
            draw()
        } else if isNews {
            say("gwmad: \(text)")
        }
    }

    /// Something worth keeping on the screen.
    func note(_ text: String) {
        clear()
        say("gwmad: \(text)")
    }

    /// What is done stays on the screen with its time.
    func finish(_ text: String, took duration: Duration) {
        guard isTerminal else { return }
        clear()
        activity = nil
        say("\(duration.inSeconds.padded(to: 9, right: true))  \(text)")
    }

    /// Something in a driver's answer that gwd would trip over.
    func defect(_ driver: DriverSpec, _ text: String) {
        defects += 1
        note("driver defect: \(driver.label): \(text)")
    }

    /// A line on the wire, for those who asked to see them.
    func wire(_ driver: DriverSpec, _ direction: String, _ line: String) {
        guard isVerbose else { return }
        clear()
        say("\(driver.name.padded(to: 10)) \(direction) \(WireReply.excerpt(line.utf8))")
    }

    /// Drivers have a say in most lines, so all are cleaned.
    private func say(_ line: String) { output.write(line.shown + "\n") }

    /// Draws the live line again when it is time to.
    func refresh() {
        if isTerminal, ContinuousClock.now - lastDrawn > .milliseconds(99) { draw() }
    }

    private func draw() {
        guard let activity else { return }
        lastDrawn = .now
        // Short enough for any terminal: a line that wraps cannot be taken back.
        let elapsed = (ContinuousClock.now - activity.since).inSeconds
        output.write("\r\u{1B}[K\(elapsed.padded(to: 9, right: true))  \(activity.text.prefix(64).shown) ...")
        hasLiveLine = true
    }

    /// Takes the live line away.
    func clear() {
        guard hasLiveLine else { return }
        output.write("\r\u{1B}[K")
        hasLiveLine = false
    }
}
