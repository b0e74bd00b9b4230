import MADKit

/// The text of a host list: on each line a host and, behind blanks or TABs, its attribute files.
///
/// Taken as people write them: CRLF, blank lines, `#` comments, a last line without newline. A host may have several
/// files, on one line or on several; what they say adds up.
struct HostListText: Sendable {
    /// What one line says.
    struct Line: Sendable {
        let host: HostName
        let files: [String]
    }

    /// The lines that name a host.
    private(set) var lines: [Line] = []

    /// Longest name that gwd's tables hold.
    private static let longestName = 255

    /// Reads a whole list.
    /// - Throws: ``MADError`` naming the file, the line and the reason.
    init(_ bytes: [UInt8], file: String) throws(MADError) {
        var rest = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        var number = 0
        var words: [String] = []
        while !rest.isEmpty {
            number += 1
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            HostListText.split(rest[..<end], into: &words)
            rest = rest[min(end + 1, rest.endIndex)...]
            guard let name = words.first else { continue }
            guard name != "-", name.utf8.count <= HostListText.longestName, let host = HostName(name) else {
                let shown = Info(String(name.prefix(60)))
                throw MADError(.invalid, "\(file) line \(number)", cause: "'\(shown)' cannot be the name of a host")
            }
            lines.append(Line(host: host, files: Array(words.dropFirst())))
        }
    }

    /// The words of a line up to a comment.
    private static func split(_ line: ArraySlice<UInt8>, into words: inout [String]) {
        words.removeAll(keepingCapacity: true)
        var position = line.startIndex
        while true {
            while position < line.endIndex, isBlank(line[position]) { position += 1 }
            guard position < line.endIndex, line[position] != UInt8(ascii: "#") else { return }
            let start = position
            while position < line.endIndex, !isBlank(line[position]) { position += 1 }
            words.append(String(decoding: line[start..<position], as: UTF8.self))
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
}
