extension String {
    /// The text in one line: each run of blanks, line ends and control characters is one blank, none at the ends.
    package var singleLine: String {
        unicodeScalars.split { $0.value <= 0x20 || (0x7F...0x9F).contains($0.value) }.map { String($0) }
            .joined(separator: " ")
    }

    /// The text without XML's white space around it.
    package var trimmingBlanks: String {
        func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        guard let first = utf8.firstIndex(where: { !isBlank($0) }), let last = utf8.lastIndex(where: { !isBlank($0) })
        else { return "" }
        return String(self[first...last])
    }
}
