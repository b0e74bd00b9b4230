import Glibc
import MADKit
import Synchronization

/// A file in a parsed form, read again only when it changed.
///
/// Every question looks at the file's signature, so a change is seen at once, without a restart and without a clock. All
/// functions block on the disk: call them on a ``BlockingPool``.
package final class CachedFile<Content: Sendable>: Sendable {
    /// What is known of the file; a class, so that the lock is held for one assignment only.
    private final class Version: Sendable {
        let signature: FileSignature
        let isSettled: Bool
        let bytes: Int
        let content: Content

        init(signature: FileSignature, isSettled: Bool, bytes: Int, content: Content) {
            self.signature = signature
            self.isSettled = isSettled
            self.bytes = bytes
            self.content = content
        }
    }

    /// The name as it was given.
    package let name: String

    private let version = Mutex<Version?>(nil)
    private let tree: GridWayTree
    private let parse: @Sendable ([UInt8], String) throws(MADError) -> Content

    /// - Parameters:
    ///   - name: a path; a relative one is looked for below the installation, then in the working directory.
    ///   - tree: the installation.
    ///   - parse: makes the content from the bytes of the file and its path.
    package init(
        _ name: String, tree: GridWayTree, parse: @escaping @Sendable ([UInt8], String) throws(MADError) -> Content
    ) {
        self.name = name
        self.tree = tree
        self.parse = parse
    }

    /// What the file holds now.
    /// - Throws: ``MADError`` naming the file and the cause, when it cannot be read or parsed.
    package func content() throws(MADError) -> Content {
        let path = tree.resolve(name)
        let known = version.withLock { $0 }
        if let known, known.isSettled, FileSignature(path: path) == known.signature { return known.content }

        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let file: FileBytes
        do { file = try FileBytes(path: path) } catch { throw explained(error) }
        let fingerprint = file.fingerprint
        let content = if let known, known.bytes == fingerprint { known.content } else { try parse(file.bytes, path) }
        let version = Version(
            signature: file.signature, isSettled: file.signature.isSettled(at: now), bytes: fingerprint,
            content: content)
        self.version.withLock { $0 = version }
        return content
    }

    /// A relative name says little without the places where it was looked for.
    private func explained(_ error: MADError) -> MADError {
        guard error.code == .unknown, !name.hasPrefix("/"), let here = getcwd(nil, 0) else { return error }
        defer { free(here) }
        let places = [tree.root, String(cString: here)].compactMap { $0 }.joined(separator: " and ")
        return MADError(error.code, "\(error.message) (looked in \(places))", cause: error.cause)
    }
}
