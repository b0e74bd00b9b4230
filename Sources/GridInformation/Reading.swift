import Directory

/// How the entries of a directory are to be read, whatever their schema.
package struct Reading: Sendable {
    /// Which hosts an administrator wants.
    package var hostFilter = DirectoryFilter.none
    /// Which queues an administrator wants.
    package var queueFilter = DirectoryFilter.none
    /// What becomes of values that stand for "unknown" or "no limit".
    package var placeholders = Placeholders()
    /// How long a list of those who may use a queue may be, in bytes.
    package var accessBytes = 255

    /// Everything, for any gwd.
    package init() {}
}
