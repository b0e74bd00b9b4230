import Directory
import MADKit

/// A row of a mapping table: the attribute of gwd, and where its value comes from.
struct Mapping: Sendable {
    /// What becomes of the value.
    enum Form: Sendable {
        /// Nothing.
        case asIs
        /// Lower case.
        case lowercase
        /// Lower case, and `amd64` by its other name.
        case platform
        /// Seconds become minutes.
        case minutes
        /// Gigabytes become megabytes, by 1,000.
        case megabytes
        /// The part before an `@`.
        case beforeAt
    }

    /// The name in gwd.
    let name: String
    /// The names in the directory; the first that has a value counts.
    let sources: [String]
    let form: Form

    init(_ name: String, _ sources: String..., as form: Form = .asIs) {
        self.name = name
        self.sources = sources
        self.form = form
    }
}

/// The rows of a table, ready for use on entries.
struct MappingTable: Sendable {
    private struct Row: Sendable {
        let name: String
        let isInteger: Bool
        let numbers: [Int]
        let form: Mapping.Form
    }

    private let rows: [Row]
    private let placeholders: Placeholders

    init(_ mappings: [Mapping], _ attributes: AttributeNames, _ placeholders: Placeholders) {
        rows = mappings.map { mapping in
            Row(
                name: mapping.name, isInteger: AttributeKeyword(mapping.name)?.isInteger == true,
                numbers: mapping.sources.map(attributes.number), form: mapping.form)
        }
        self.placeholders = placeholders
    }

    /// Sets what the entries say of the host; of several entries the first that has a value counts.
    func describeHost(_ entries: [Int], of table: EntryTable, in attributes: inout HostAttributes) {
        for row in rows {
            guard let text = value(row, entries, table) else { continue }
            attributes.set(row.name, .text(text))
        }
    }

    /// Sets what an entry says of a queue. What it does not say is set to nothing: gwd would keep what it was told last,
    /// perhaps of another queue.
    func describeQueue(_ index: Int, _ entry: Int, of table: EntryTable, in attributes: inout HostAttributes) {
        for row in rows {
            if let text = value(row, [entry], table) {
                attributes.set(row.name, at: index, .text(text))
            } else {
                attributes.set(row.name, at: index, row.isInteger ? .integer(0) : .text(""))
            }
        }
    }

    private func value(_ row: Row, _ entries: [Int], _ table: EntryTable) -> String? {
        for number in row.numbers {
            for entry in entries {
                guard let text = table.first(number, of: entry), !text.isEmpty else { continue }
                guard placeholders.mayPass(text) else { continue }
                return Mapping.converted(text, row.form)
            }
        }
        return nil
    }
}

extension Mapping {
    /// The value in gwd's units and spelling.
    static func converted(_ text: String, _ form: Form) -> String {
        switch form {
        case .asIs: return text
        case .lowercase: return text.lowercased()
        case .platform: return text.lowercased() == "amd64" ? "x86_64" : text.lowercased()
        case .beforeAt: return String(text.prefix { $0 != "@" })
        case .minutes:
            // A limit of less than a minute is not "no limit", which 0 would mean.
            guard let seconds = Int(text), seconds > 0, !Placeholders.isPlaceholder(text) else { return text }
            return String(max(1, seconds / 60))
        case .megabytes:
            guard let gigabytes = Double(text), gigabytes > 0, !Placeholders.isPlaceholder(text) else { return text }
            return String(Int(min(gigabytes * 1_000, 1e15)))
        }
    }
}
