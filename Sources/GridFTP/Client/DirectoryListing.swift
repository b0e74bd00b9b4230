import MADKit

/// The entries of a directory, as a server lists them.
struct DirectoryListing: Sendable, Equatable {
    /// What is known of an entry.
    enum Kind: Sendable {
        /// Certainly not a directory: a file, a link, a pipe.
        case leaf
        /// Perhaps a directory, perhaps a link to one.
        case directory
    }

    /// One entry: a name without slashes.
    struct Entry: Sendable, Equatable {
        let name: String
        let kind: Kind
    }

    /// Everything but the directory itself and its parent.
    private(set) var entries: [Entry] = []

    /// Reads the answer to MLSD (RFC 3659): `fact=value;fact=value; name` in each line.
    /// - Throws: ``MADError`` when a line is none of these or a name would lead elsewhere.
    init(machine text: String) throws(MADError) {
        for line in DirectoryListing.lines(of: text) {
            guard let blank = line.firstIndex(of: " ") else {
                throw MADError(.refused, "the server's listing cannot be read", cause: String(line.prefix(80)))
            }
            let facts = Facts(line[..<blank])
            guard !facts.isDirectoryItself else { continue }
            try add(line[line.index(after: blank)...], facts.isDirectory ? .directory : .leaf)
        }
    }

    /// Reads the answer to NLST: a name in each line, by some servers with the directory's own path in front.
    init(names text: String, of directory: String) throws(MADError) {
        for line in DirectoryListing.lines(of: text) {
            var name = line
            let prefix = directory.hasSuffix("/") ? directory : directory + "/"
            if name.hasPrefix(prefix) { name = name.dropFirst(prefix.count) }
            if name.hasPrefix("./") { name = name.dropFirst(2) }
            try add(name, .directory)
        }
    }

    private mutating func add(_ name: Substring, _ kind: Kind) throws(MADError) {
        guard name != ".", name != ".." else { return }
        // Hostile or damaged: a name is one step down, never a way up or a second command.
        guard !name.isEmpty, !name.contains("/"), name.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F }) else {
            throw MADError(.refused, "the server lists a name that is not a file's", cause: String(name.prefix(80)))
        }
        entries.append(Entry(name: String(name), kind: kind))
    }

    private static func lines(of text: String) -> [Substring] {
        // "\r\n" is one character in Swift; the last line may lack its end.
        text.split { $0 == "\n" || $0 == "\r\n" }.map { $0.hasSuffix("\r") ? $0.dropLast() : $0 }
    }
}

/// The facts of one name, as MLST and MLSD give them.
struct Facts {
    private var values: [Substring: Substring] = [:]

    /// Reads `fact=value;…`; names of facts count without regard to case.
    init(_ text: some StringProtocol) {
        for fact in text.split(separator: ";") {
            guard let equals = fact.firstIndex(of: "=") else { continue }
            values[Substring(fact[..<equals].lowercased())] = Substring(fact[fact.index(after: equals)...])
        }
    }

    /// Reads the answer to MLST, which may be a whole reply or its middle line.
    init(reply: String) {
        let line = reply.split(whereSeparator: \.isNewline).first { $0.lowercased().contains("type=") } ?? ""
        self.init(line.drop { $0 == " " }.prefix { $0 != " " })
    }

    private var type: String { values["type"].map { $0.lowercased() } ?? "" }

    /// True for the directory that was listed, and for its parent.
    var isDirectoryItself: Bool { type == "cdir" || type == "pdir" }
    /// True for a symbolic link, whatever it leads to.
    var isLink: Bool {
        values["unix.slink"] != nil || type.hasPrefix("os.unix=slink") || type.hasPrefix("os.unix=symlink")
    }
    /// True for a directory that is not known to be a link.
    var isDirectory: Bool { !isLink && (type == "dir" || isDirectoryItself) }
    /// True when the server said nothing of use.
    var isUnknown: Bool { type.isEmpty }
}
