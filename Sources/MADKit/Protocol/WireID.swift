/// A number by which gwd names a job, a transfer or a host on the wire.
///
/// gwd counts from 0 and reuses numbers once their owner is gone; a number therefore names a row of gwd's table, never a
/// job for ever. Valid values are 0 … 2147483647 (gwd keeps them in an `int`).
public struct WireID<Kind>: Hashable, Sendable, CustomStringConvertible {
    /// The number itself.
    public let value: Int32

    /// Wraps a number that is already known to be valid.
    public init(_ value: Int32) {
        self.value = value
    }

    /// Reads a decimal number as gwd writes it; `nil` for anything else, also for signs and for values beyond `int`.
    public init?(_ text: some StringProtocol) {
        guard !text.isEmpty, text.utf8.count <= 10, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
            let value = Int32(text)
        else { return nil }
        self.value = value
    }

    /// The decimal digits, as on the wire.
    public var description: String { String(value) }
}

/// Marks the numbers of jobs; see ``JobID``.
public enum JobKind {}
/// Marks the numbers of file transfers; see ``TransferID``.
public enum TransferKind {}
/// Marks the numbers of hosts; see ``HostID``.
public enum HostKind {}

/// A job's number (JID): an index into gwd's job pool, used again as soon as the job is gone.
public typealias JobID = WireID<JobKind>
/// A copy's number (TID): counts within one phase of one job and may leave gaps.
public typealias TransferID = WireID<TransferKind>
/// A host's number (HID): an index into gwd's host pool.
public typealias HostID = WireID<HostKind>
