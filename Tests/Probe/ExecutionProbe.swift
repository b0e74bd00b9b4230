import MADKit
import Synchronization

/// An execution driver whose behaviour is chosen by the resource of a submission: `host/how`.
final class ExecutionProbe: ExecutionDriver {
    static let manual = Manual(program: "mad_probe", summary: "an execution driver for tests", options: [])

    let news: AsyncStream<JobNews>
    private let out: AsyncStream<JobNews>.Continuation
    private let count = Mutex(0)

    init(_ launch: Launch) async throws {
        (news, out) = AsyncStream.makeStream(of: JobNews.self)
    }

    func submit(_ submission: Submission) async throws -> JobContact {
        let resource = submission.resource.text
        let number = count.withLock {
            $0 += 1
            return $0
        }
        let how = resource.split(separator: "/", maxSplits: 1).last.map(String.init) ?? ""
        let text = how == "wide" ? String(repeating: "w", count: 600) : "probe://\(number)/\(how)"
        guard let contact = JobContact(text) else { throw MADError(.internal, "no contact") }
        if how == "fast" {
            // The end is known before the contact is.
            out.yield(.state(contact, .active))
            out.yield(.state(contact, .done(exitCode: 3)))
            try await pause(for: .milliseconds(100))
        } else {
            try await Probe.behave(how)
        }
        return contact
    }

    func recover(_ contact: JobContact) async throws -> JobState {
        try await Probe.behave(contact.text)
        return .active
    }

    func poll(_ contact: JobContact) async throws -> JobState {
        switch contact.text.split(separator: "/").last {
        case "lost": throw MADError(.unreachable, "no route to the job manager")
        case "mute": try await pause(for: .seconds(1000))
        case "over": return .done(exitCode: nil)
        case "bad": return .failed(reason: "bad")
        default: break
        }
        return .active
    }

    /// Brings the news that belong to an end by request; also late ones that must not be told again.
    func cancel(_ contact: JobContact) async throws {
        out.yield(.state(contact, .cancelled))
        out.yield(.state(contact, .done(exitCode: nil)))
        out.yield(.notice("cancelled \(contact)"))
    }
}
