/// A piece of text that fits between two blanks of a protocol line: not empty, no blank, no control character.
///
/// The wire has no quoting, so a value with a blank cannot travel at all; making such a value unrepresentable here keeps
/// every line whole by construction.
public struct WireWord<Kind>: Hashable, Sendable, CustomStringConvertible {
    /// The text as it came from gwd or from the middleware.
    public let text: String

    /// Accepts text that can travel as one word; `nil` otherwise.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        guard isOneWord(text) else { return nil }
        self.text = text
    }

    /// The text itself.
    public var description: String { text }
}

/// True for text without blanks and control characters.
private func isOneWord(_ text: String) -> Bool {
    if text.isPlainWord { return true }
    return !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 0x20 && !(0x7F...0x9F).contains($0.value) }
}

/// Marks host names; see ``HostName``.
public enum HostNameKind {}
/// Marks the address of a service that accepts jobs; see ``ResourceContact``.
public enum ResourceContactKind {}
/// Marks the address of a submitted job; see ``JobContact``.
public enum JobContactKind {}
/// Marks file and directory URLs; see ``TransferURL``.
public enum TransferURLKind {}

/// A host as DISCOVER names it and gwd repeats it: `host` or `host:port`.
public typealias HostName = WireWord<HostNameKind>
/// Where a job goes: `host[:port][/jobmanager]`, built by gwd from HOSTNAME and LRMS_NAME (or FORK_NAME).
public typealias ResourceContact = WireWord<ResourceContactKind>
/// Where a submitted job is found again. It is all that survives a restart, so it must hold everything RECOVER needs.
public typealias JobContact = WireWord<JobContactKind>
/// A source, a destination or a directory of a transfer, exactly as gwd sent it.
public typealias TransferURL = WireWord<TransferURLKind>
