import Glibc

/// Options in a file, for what `gwd.conf` cannot carry: gwd takes away every backslash and has no way to keep blanks
/// together.
enum OptionsFile {
    /// The option that names such a file.
    static let option = Manual.Option(nil, "options", value: "FILE", "read further options from a file")

    private static let limit = 65_536

    /// Puts the words of each file named by `--options` in the place of that option.
    /// - Throws: ``MADError`` naming the file that cannot be read.
    static func expand(_ words: [String], tree: GridWayTree) throws(MADError) -> [String] {
        var result: [String] = []
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--options", let name = rest.popFirst() {
                result += try OptionsFile.words(of: name, tree: tree)
            } else if word.hasPrefix("--options=") {
                result += try OptionsFile.words(of: String(word.dropFirst("--options=".count)), tree: tree)
            } else {
                result.append(word)
            }
        }
        return result
    }

    /// The words of a file: split like a command line, over any number of lines; a line that begins with `#` is skipped.
    private static func words(of name: String, tree: GridWayTree) throws(MADError) -> [String] {
        let path = tree.resolve(name)
        let lines = try text(of: path).split(whereSeparator: \.isNewline).filter { line in
            line.drop { $0 == " " || $0 == "\t" }.first != "#"
        }
        do {
            return try ArgumentSplitter.words(of: lines.map(String.init))
        } catch {
            throw MADError(error.code, "options file \(path)", cause: error.message)
        }
    }

    private static func text(of path: String) throws(MADError) -> String {
        // Without O_NONBLOCK a FIFO would keep the driver for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else { throw .system("cannot read options file \(path)") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            throw MADError(
                .invalid, "cannot read options file \(path)",
                cause: "it is not a regular file of at most \(limit) bytes")
        }
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let more = bytes[count...].withUnsafeMutableBytes { read(descriptor, $0.baseAddress, $0.count) }
            if more < 0, errno == EINTR { continue }
            guard more >= 0 else { throw .system("cannot read options file \(path)") }
            if more == 0 { break }
            count += more
        }
        return String(decoding: bytes[..<count], as: UTF8.self)
    }
}
