import MADKit

/// The text of a host list: on each line a host and, behind blanks or TABs, its attribute files.
///
/// Taken as people write them: CRLF, blank lines, `#` comments, a last line without newline. A host may have several
/// files, on one line or on several; what they say adds up.
struct HostListText: Sendable {
    /// Each host once, in the order of its first line.
    private(set) var hosts: [HostName] = []
    /// The attribute files of each host, possibly none.
    private(set) var files: [HostName: [String]] = [:]

    /// Longest name that gwd's tables hold.
    private static let longestName = 255

    /// Reads a whole list.
    /// - Throws: ``MADError`` naming the file, the line and the reason.
    init(_ bytes: [UInt8], file: String) throws(MADError) {
        var number = 0
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            var words = HostListText.words(of: line)
            guard !words.isEmpty else { continue }
            let name = words.removeFirst()
            guard name != "-", name.utf8.count <= HostListText.longestName, let host = HostName(name) else {
                throw MADError(
                    .invalid, "\(file) line \(number)", cause: "'\(Info(String(name.prefix(60))))' cannot be the name of a host")
            }
            if files[host] == nil { hosts.append(host) }
            files[host, default: []] += words
        }
    }

    private static func words(of line: ArraySlice<UInt8>) -> [String] {
        var words: [String] = []
        var rest = line.starts(with: [0xEF, 0xBB, 0xBF]) ? line.dropFirst(3) : line
        while true {
            rest = rest.drop { isBlank($0) }
            guard let first = rest.first, first != UInt8(ascii: "#") else { return words }
            let word = rest.prefix { !isBlank($0) }
            words.append(String(decoding: word, as: UTF8.self))
            rest = rest[word.endIndex...]
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
