import MADKit
import Synchronization

/// The hosts that an administrator listed in files, and what attribute files say of them.
///
/// The static driver knows nothing else; others add their hosts to those they find, and the attributes to those they
/// learn. The files are looked at for every question, so a change needs no restart. All functions block on the disk: call
/// them on a ``BlockingPool``.
package final class HostList: Sendable {
    private let paths: [String]
    private let tree: GridWayTree
    private let lists: FileCache<HostListText>
    private let attributeFiles: FileCache<HostAttributes>

    /// - Parameters:
    ///   - paths: the lists, in order; relative ones are looked for below the installation, then in the working directory.
    ///   - tree: the installation.
    ///   - log: told of everything that was repaired in an attribute file, once for each version of the file.
    package init(_ paths: [String], tree: GridWayTree, log: Log) {
        self.paths = paths
        self.tree = tree
        let attributeFiles = FileCache<HostAttributes>("attribute file", limit: 4 << 20) { bytes, path throws(MADError) in
            let text = try AttributeText(bytes, file: path)
            for problem in text.problems { log.warning("attribute-file", ["file": path, "problem": problem]) }
            return text.attributes
        }
        self.attributeFiles = attributeFiles
        lists = FileCache("host list", limit: 64 << 20) { bytes, path throws(MADError) in
            let text = try HostListText(bytes, file: path)
            // Whoever left the list must not be remembered for ever.
            attributeFiles.removeAll()
            return text
        }
    }

    /// Every host, once, in the order listed.
    /// - Throws: ``MADError`` naming the list, and the line if one is wrong.
    package func hosts() throws(MADError) -> [HostName] {
        let texts = try texts()
        guard texts.count != 1 else { return texts[0].hosts }
        var seen: Set<HostName> = []
        return texts.flatMap(\.hosts).filter { seen.insert($0).inserted }
    }

    /// The attribute files of a host as the lists name them: `nil` when no list has the host, empty when it has no file.
    package func files(of host: HostName) throws(MADError) -> [String]? {
        var files: [String]?
        for text in try texts() {
            if let more = text.files[host] { files = (files ?? []) + more }
        }
        return files
    }

    /// What the attribute files say of a host, later files in place of earlier ones; `nil` when it has none.
    /// - Throws: ``MADError`` naming the file, and the line if one is wrong.
    package func attributes(of host: HostName) throws(MADError) -> HostAttributes? {
        guard let files = try files(of: host), let first = files.first else { return nil }
        var attributes = try attributeFiles.content(of: tree.resolve(first))
        for file in files.dropFirst() { attributes.merge(try attributeFiles.content(of: tree.resolve(file))) }
        return attributes
    }

    /// What to call the lists in a message.
    package var name: String { paths.isEmpty ? "any host list (option --hosts)" : "host list " + paths.joined(separator: ", ") }

    private func texts() throws(MADError) -> [HostListText] {
        var texts: [HostListText] = []
        for path in paths { texts.append(try lists.content(of: tree.resolve(path))) }
        return texts
    }
}
