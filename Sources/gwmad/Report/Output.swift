import Glibc

/// Writes whole texts and files to one of the standard streams.
struct Output: Sendable {
    static let standard = Output(descriptor: 1)
    static let errors = Output(descriptor: 2)

    let descriptor: Int32

    /// True when a person is looking.
    var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Writes all of `text`. False when nobody reads any more.
    @discardableResult
    func write(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { write(UnsafeRawBufferPointer($0)) }
    }

    /// Writes all of `text`, which is what the command was for.
    func deliver(_ text: String) throws(Failure) {
        guard write(text) else { throw .system("cannot write the output") }
    }

    /// Copies a file of any size; a missing file is an empty one.
    func copy(_ path: String) throws(Failure) {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else {
            if errno == ENOENT { return }
            throw .system("cannot read \(path)")
        }
        defer { close(source) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(source, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw .system("cannot read \(path)") }
            guard count > 0 else { return }
            guard write(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else {
                throw .system("cannot write the output")
            }
        }
    }

    private func write(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while position < bytes.count {
            let count = Glibc.write(descriptor, bytes.baseAddress?.advanced(by: position), bytes.count - position)
            if count < 0, errno == EINTR || errno == EAGAIN { continue }
            guard count > 0 else { return false }
            position += count
        }
        return true
    }
}
