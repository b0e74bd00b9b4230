/// What a gwd can read without cutting, overrunning or misreading a reply.
///
/// A driver cannot learn gwd's version from the protocol, so the default suits the oldest one in use; an administrator
/// who knows better raises the limits with `--gwd VERSION` or `--line-limit BYTES`.
public struct GWDLimits: Sendable, Equatable {
    /// Longest INFO field of an execution or transfer reply, in bytes (GridWay 5.4 keeps 500 and writes one more).
    public var infoBytes: Int
    /// Longest line of an information driver, newline excluded, in bytes (GridWay 5.4 cuts at 16384).
    public var lineBytes: Int
    /// Rows `QUEUE_…[i]` that gwd keeps for a host; it logs and ignores the ones beyond.
    public var queues: Int
    /// Distinct generic string attributes per host; gwd writes past its table when there are more.
    public var genericStrings: Int
    /// Distinct generic integer attributes per host; as `genericStrings`.
    public var genericIntegers: Int
    /// Longest text of a generic attribute of a queue, in bytes. Lists such as QUEUE_ACCESS are of use only as far as they
    /// are whole, so they may be longer than other texts where gwd is known to keep them as they come.
    public var queueTextBytes: Int

    /// Longest name of a host, in bytes: gwd prints `gsiftp://HOST/~/.gw_OWNER_JID/` into 256 bytes without looking, where
    /// an owner may have 32 bytes and a job number 7 digits.
    static let hostBytes = 198

    /// Safe for every gwd from 5.4 on.
    public static let oldest = GWDLimits(
        infoBytes: 480, lineBytes: 16_000, queues: 67, genericStrings: 20, genericIntegers: 20)

    /// GridWay 5.6 to 5.14: lines and INFO of 65536 bytes, 134 generic attributes.
    public static let modern = GWDLimits(
        infoBytes: 65_000, lineBytes: 65_000, queues: 67, genericStrings: 134, genericIntegers: 134,
        queueTextBytes: 1_000)

    /// The limits of a release such as `5.4` or `5.14`; `nil` when the text names no release.
    public init?(release: String) {
        let parts = release.split(separator: ".", omittingEmptySubsequences: false).map { Int($0) }
        guard parts.count >= 2, let major = parts[0], let minor = parts[1], parts.allSatisfy({ $0 != nil }) else {
            return nil
        }
        self = (major, minor) < (5, 6) ? .oldest : .modern
    }

    /// Sets each limit by hand.
    public init(
        infoBytes: Int, lineBytes: Int, queues: Int, genericStrings: Int, genericIntegers: Int,
        queueTextBytes: Int = 255
    ) {
        self.infoBytes = infoBytes
        self.lineBytes = lineBytes
        self.queues = queues
        self.genericStrings = genericStrings
        self.genericIntegers = genericIntegers
        self.queueTextBytes = queueTextBytes
    }
}
