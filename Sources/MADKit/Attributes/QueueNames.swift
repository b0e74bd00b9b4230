/// The names by which gwd can know queues.
package enum QueueNames {
    /// The rows of queues that gwd can name. The others are left out before queues are numbered, and named in a note for an
    /// administrator: gwd would keep whatever it was told last under their numbers.
    package static func usable<Row>(_ rows: [Row], by name: (Row) -> String) -> (rows: [Row], note: String?) {
        let left = rows.map(name).filter { !AttributeKeyword.isQueueName($0) }
        guard !left.isEmpty else { return (rows, nil) }
        let names = left.map { "'\($0)'" }.joined(separator: ", ")
        return (
            rows.filter { AttributeKeyword.isQueueName(name($0)) },
            "queues left out, gwd cannot use their names: \(names)"
        )
    }
}
