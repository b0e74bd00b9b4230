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
        let left = rows.map(name).filter { !AttributeKeyword.isQueueName($0) }
        guard !left.isEmpty else { return rows }
        notes.append("queues left out, gwd cannot use their names: " + left.map { "'\($0)'" }.joined(separator: ", "))
        return rows.filter { AttributeKeyword.isQueueName(name($0)) }
    }
}
