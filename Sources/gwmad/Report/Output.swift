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

    /// Copies a file of any size. False when it cannot be read or written; a missing file is an empty one.
    @discardableResult
    func copy(_ path: String) -> Bool {
        let source = open(path, O_RDONLY | O_CLOEXEC)
        guard source >= 0 else { return errno == ENOENT }
        defer { close(source) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65_536, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let count = read(source, buffer.baseAddress, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return count == 0 }
            guard write(UnsafeRawBufferPointer(rebasing: buffer[..<count])) else { return false }
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
