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

    /// One entry: the bytes of a name without slashes, in whatever encoding the server's files have.
    struct Entry: Sendable, Equatable {
        let name: [UInt8]
        let kind: Kind
    }

    private typealias Line = ArraySlice<UInt8>

    /// Everything but the directory itself and its parent.
    private(set) var entries: [Entry] = []

    /// Nothing.
    init() {}

    /// Reads the answer to MLSD (RFC 3659): `fact=value;fact=value; name` in each line.
    /// - Throws: ``MADError`` when a line is none of these or a name would lead elsewhere.
    init(machine text: [UInt8]) throws(MADError) {
        for line in DirectoryListing.lines(of: text) {
            guard let blank = line.firstIndex(of: UInt8(ascii: " ")) else {
                throw MADError(.refused, "the server's listing cannot be read", cause: Self.shown(line))
            }
            let facts = Facts(String(decoding: line[..<blank], as: UTF8.self))
            guard !facts.isDirectoryItself else { continue }
            try add(line[(blank + 1)...], facts.isDirectory ? .directory : .leaf)
        }
    }

    /// Reads the answer to NLST: a name in each line, by some servers with the directory's own path in front.
    init(names text: [UInt8], of directory: [UInt8]) throws(MADError) {
        let slash = UInt8(ascii: "/")
        let prefix = directory.last == slash ? directory : directory + [slash]
        for line in DirectoryListing.lines(of: text) {
            var name = line
            if name.starts(with: prefix) { name = name.dropFirst(prefix.count) }
            if name.starts(with: "./".utf8) { name = name.dropFirst(2) }
            try add(name, .directory)
        }
    }

    private mutating func add(_ name: Line, _ kind: Kind) throws(MADError) {
        guard !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) else { return }
        // Hostile or damaged: a name is one step down, never a way up or a second command.
        guard !name.isEmpty, name.allSatisfy({ $0 >= 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "/") }) else {
            throw MADError(.refused, "the server lists a name that is not a file's", cause: Self.shown(name))
        }
        entries.append(Entry(name: Array(name), kind: kind))
    }

    private static func lines(of text: [UInt8]) -> [Line] {
        // The last line may lack its end.
        text.split(separator: UInt8(ascii: "\n")).map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
            .filter { !$0.isEmpty }
    }

    private static func shown(_ line: Line) -> String { String(decoding: line.prefix(80), as: UTF8.self) }
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
