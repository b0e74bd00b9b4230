import MADKit

/// What a directory says of a host, in the words of gwd.
package struct HostDescription: Sendable {
    /// The host as a whole.
    package var host = HostAttributes()
    /// Its queues.
    package var queues = HostAttributes()
    /// Choices that were made among several possibilities, in words for an administrator.
    package var notes: [String] = []
}
