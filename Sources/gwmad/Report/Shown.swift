extension Unicode.Scalar {
    /// True for what steers a terminal or the order of the letters instead of being shown: control characters, and
    /// Unicode's line ends and directions.
    var steers: Bool {
        switch value {
        case 0..<0x20, 0x7F..<0xA0, 0x61C, 0x200E, 0x200F, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}

extension StringProtocol {
    /// The text as a person may see it, whoever wrote it: what ``Unicode/Scalar/steers`` becomes a question mark, only
    /// line ends stay.
    var shown: String {
        guard unicodeScalars.contains(where: \.steers) else { return String(self) }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: unicodeScalars.map { $0.steers && $0 != "\n" ? "?" : $0 })
        return String(result)
    }
}
