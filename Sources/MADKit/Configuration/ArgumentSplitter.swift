/// Turns a command line into words, whoever wrote it.
///
/// gwd hands the whole argument field of gwd.conf over as one element, possibly an empty one (observed in 5.14); a shell
/// hands over several. Joining and splitting again serves both.
enum ArgumentSplitter {
    /// The words of `arguments`: split at blanks, `"…"` and `'…'` keep blanks together, backslashes and stars are plain
    /// characters.
    /// - Throws: ``MADError`` when a quote is not closed.
    static func words(of arguments: [String]) throws(MADError) -> [String] {
        var words: [String] = []
        var word = ""
        var hasWord = false
        var quote: Character?
        for character in arguments.joined(separator: " ") {
            switch (quote, character) {
            case (let open?, character) where open == character:
                quote = nil
            case (nil, "\""), (nil, "'"):
                quote = character
                hasWord = true
            case (nil, " "), (nil, "\t"), (nil, "\n"):
                if hasWord { words.append(word) }
                word = ""
                hasWord = false
            default:
                word.append(character)
                hasWord = true
            }
        }
        if let quote { throw MADError(.invalid, "the arguments end inside a quotation that began with \(quote)") }
        if hasWord { words.append(word) }
        return words
    }
}
