import MADKit
import Synchronization

/// A transfer driver whose behaviour is chosen by the URLs of its requests.
final class TransferProbe: TransferDriver {
    static let manual = Manual(
        program: "mad_probe", summary: "a transfer driver for tests",
        options: [
            Manual.Option("u", "url", value: "URL", "staging URL of INIT"),
            Manual.Option(nil, "begin", value: "NAME", "behaviour at INIT"),
        ])

    private let staging: TransferURL?
    private let running = Mutex((now: 0, most: 0))

    init(_ launch: Launch) async throws {
        staging = launch.options["url"].flatMap { TransferURL($0) }
        try await Probe.behave(launch.options["begin"] ?? "")
    }

    var stagingURL: TransferURL? {
        get async {
            if staging?.text == "probe:hang" { try? await Probe.behave("hang") }
            return staging
        }
    }

    func makeDirectory(_ url: TransferURL, for job: JobID) async throws { try await Probe.behave(url.text) }
    func removeDirectory(_ url: TransferURL, for job: JobID, progress: Progress) async throws {
        try await Probe.behave(url.text, progress: progress)
    }

    /// `most` answers how many copies were at work at once.
    func exists(_ url: TransferURL, for job: JobID) async throws -> Bool {
        if url.text == "most" { throw MADError(.refused, "most \(running.withLock { $0.most })") }
        try await Probe.behave(url.text)
        return url.text != "absent"
    }

    func copy(_ copy: Copy, progress: Progress) async throws {
        running.withLock {
            $0.now += 1
            $0.most = max($0.most, $0.now)
        }
        defer { running.withLock { $0.now -= 1 } }
        try await Probe.behave(copy.source.text, progress: progress)
    }
}
