import MADKit

/// The hosts that an administrator listed in files, and what attribute files say of them.
///
/// The static driver knows nothing else; others add these hosts to those they find, and the attributes to those they
/// learn. The files are looked at for every question, so a change needs no restart. All functions block on the disk: call
/// them on a ``BlockingPool``.
package struct HostList: Sendable {
    /// A list with the files that it names.
    private struct Listing: Sendable {
        /// Each host once, in the order of its first line.
        var hosts: [HostName] = []
        var files: [HostName: [CachedFile<HostAttributes>]] = [:]
    }

    private let lists: [CachedFile<Listing>]

    /// - Parameters:
    ///   - names: the lists, in order; relative ones, and relative attribute files in them, are looked for below the
    ///     installation, then in the working directory.
    ///   - tree: the installation.
    ///   - log: told of everything that was repaired in an attribute file, once for each version of the file.
    package init(_ names: [String], tree: GridWayTree, log: Log) {
        let readAttributes: @Sendable ([UInt8], String) throws(MADError) -> HostAttributes = {
            bytes, path throws(MADError) in
            let text = try AttributeText(bytes, file: path)
            for problem in text.problems { log.warning("attribute-file", ["file": path, "problem": problem]) }
            return text.attributes
        }
        lists = names.map { name in
            CachedFile(name, tree: tree) { bytes, path throws(MADError) in
                HostList.listing(try HostListText(bytes, file: path)) {
                    CachedFile($0, tree: tree, parse: readAttributes)
                }
            }
        }
    }

    private static func listing(
        _ text: HostListText, makeFile: (String) -> CachedFile<HostAttributes>
    ) -> Listing {
        var listing = Listing()
        listing.hosts.reserveCapacity(text.lines.count)
        listing.files.reserveCapacity(text.lines.count)
        // Hosts may share a file, which is then read once for all.
        var files: [String: CachedFile<HostAttributes>] = [:]
        files.reserveCapacity(text.lines.count)
        for line in text.lines {
            let more = line.files.map { name in
                if let file = files[name] { return file }
                let file = makeFile(name)
                files[name] = file
                return file
            }
            if let known = listing.files.updateValue(more, forKey: line.host) {
                listing.files[line.host] = known + more
            } else {
                listing.hosts.append(line.host)
            }
        }
        return listing
    }

    /// Every host, once, in the order listed.
    /// - Throws: ``MADError`` naming the list, and the line if one is wrong.
    package func hosts() throws(MADError) -> [HostName] {
        if let only = lists.first, lists.count == 1 { return try only.content().hosts }
        var hosts: [HostName] = []
        var seen: Set<HostName> = []
        for list in lists { hosts += try list.content().hosts.filter { seen.insert($0).inserted } }
        return hosts
    }

    /// True when a list names the host, with a file or without.
    package func contains(_ host: HostName) throws(MADError) -> Bool { try files(of: host) != nil }

    /// What the attribute files say of a host, later files in place of earlier ones; `nil` when it has none.
    /// - Throws: ``MADError`` naming the file, and the line if one is wrong.
    package func attributes(of host: HostName) throws(MADError) -> HostAttributes? {
        guard let files = try files(of: host), let first = files.first else { return nil }
        var attributes = try first.content()
        for file in files.dropFirst() { attributes.merge(try file.content()) }
        return attributes
    }

    /// What to call the lists in a message.
    package var description: String {
        lists.isEmpty ? "any host list (option --hosts)" : "host list " + lists.map(\.name).joined(separator: ", ")
    }

    /// `nil` when no list has the host.
    private func files(of host: HostName) throws(MADError) -> [CachedFile<HostAttributes>]? {
        var files: [CachedFile<HostAttributes>]?
        for list in lists {
            if let more = try list.content().files[host] { files = files.map { $0 + more } ?? more }
        }
        return files
    }
}
