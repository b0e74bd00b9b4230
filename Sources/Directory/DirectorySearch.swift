/// A question to a directory: what to look for, where, and which attributes to tell.
package struct DirectorySearch: Sendable {
    /// The distinguished name below which to look, itself included.
    package let base: String
    /// What to look for.
    package let filter: DirectoryFilter
    /// What to tell of each entry.
    package let attributes: AttributeNames
    /// True to keep the distinguished names of the entries too.
    package let keepsNames: Bool
    /// The most memory that the answer may take, in bytes; what is beyond is cut off.
    package let room: Int

    /// Asks for `attributes` of all entries below `base` that fit `filter`.
    package init(
        base: String, filter: DirectoryFilter, attributes: AttributeNames, keepsNames: Bool = true, room: Int = 32 << 20
    ) {
        self.base = base
        self.filter = filter
        self.attributes = attributes
        self.keepsNames = keepsNames
        self.room = room
    }
}

/// What a server answered.
package struct DirectoryAnswer: Sendable {
    /// The entries told.
    package let entries: EntryTable
    /// Why there may be more; `nil` when this is all.
    package let cut: Cut?

    /// What ended an answer early.
    package enum Cut: Hashable, Sendable, CustomStringConvertible {
        /// The server stopped at a limit of its own.
        case serverLimit
        /// There was no more room for it, so many bytes.
        case room(Int)

        package var description: String {
            switch self {
            case .serverLimit: "the server's size limit"
            case .room(let bytes): "the limit of \(bytes >> 20) MB"
            }
        }
    }
}
