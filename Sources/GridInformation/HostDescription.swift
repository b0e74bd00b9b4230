import MADKit

/// What a directory says of a host, in the words of gwd.
package struct HostDescription: Sendable {
    /// The host as a whole.
    package var host = HostAttributes()
    /// Its queues.
    package var queues = HostAttributes()
    /// Choices that were made among several possibilities, in words for an administrator.
    package var notes: [String] = []

    /// The rows of queues whose names gwd can use; the others are left out before queues are numbered, with a note.
    mutating func named<Row>(_ rows: [Row], by name: (Row) -> String) -> [Row] {
        let (usable, note) = QueueNames.usable(rows, by: name)
        if let note { notes.append(note) }
        return usable
    }
}
