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
    /// The most memory that the answer may take, in bytes.
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
    /// True when the server stopped at a limit of its own, so that there may be more.
    package let isCut: Bool
}
