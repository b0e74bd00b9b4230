/// Columns of text, each as wide as its widest cell.
struct TextTable: Sendable {
    /// One column.
    struct Column: Sendable {
        let title: String
        /// Numbers stand at the right.
        var isNumber = false
    }

    let columns: [Column]
    /// What stands below the titles; cleaned on the way out, because drivers wrote it.
    var rows: [[String]] = []
    /// Put in front of every line.
    var indentation = ""

    /// The table with its titles, one line per row.
    var text: String {
        let rows = rows.map { $0.map(\.shown) }
        let widths = columns.indices.map { index in
            ([columns[index].title] + rows.map { $0[index] }).map(\.count).max() ?? 0
        }
        return ([columns.map(\.title)] + rows).map { row in
            let cells = row.indices.map { row[$0].padded(to: widths[$0], right: columns[$0].isNumber) }
            var line = Substring(indentation + cells.joined(separator: "  "))
            while line.last == " " { line.removeLast() }
            return line + "\n"
        }.joined()
    }
}

extension String {
    /// With blanks behind it, or in front of it, up to `width` characters.
    func padded(to width: Int, right: Bool = false) -> String {
        let blanks = String(repeating: " ", count: max(0, width - count))
        return right ? blanks + self : self + blanks
    }
}
