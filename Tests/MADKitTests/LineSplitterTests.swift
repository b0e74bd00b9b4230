import Testing

@testable import MADKit

@Suite struct LineSplitterTests {
    /// The pieces of `bytes`, fed in chunks of `size`: lines as text, overlong ones as `!` and their length.
    private func pieces(_ bytes: [UInt8], chunks size: Int, limit: Int = 20) -> [String] {
        var splitter = LineSplitter(limit: limit)
        var result: [String] = []
        func note(_ piece: LineSplitter.Piece) {
            switch piece {
            case .line(let line): result.append(String(decoding: line, as: UTF8.self))
            case .overlong: result.append("!")
            }
        }
        var rest = bytes[...]
        while !rest.isEmpty {
            let chunk = Array(rest.prefix(size))
            rest = rest.dropFirst(size)
            chunk.withUnsafeBytes { splitter.take($0, note) }
        }
        splitter.end(note)
        return result
    }

    @Test(arguments: 1...12)
    func linesAreTheSameHoweverTheyArrive(size: Int) {
        let text = "INIT - - -\n\nDISCOVER - - -\nMONITOR 1 h -\nlast"
        #expect(
            pieces(Array(text.utf8), chunks: size) == ["INIT - - -", "", "DISCOVER - - -", "MONITOR 1 h -", "last"])
    }

    @Test(arguments: 1...50)
    func anOverlongLineIsToldOnceAndTheNextLineIsWhole(size: Int) {
        let text = String(repeating: "x", count: 45) + "\nnext\n" + String(repeating: "y", count: 21) + "\nend\n"
        #expect(pieces(Array(text.utf8), chunks: size) == ["!", "next", "!", "end"])
    }

    @Test func aLineOfExactlyTheLimitIsTaken() {
        let line = String(repeating: "z", count: 20)
        #expect(pieces(Array((line + "\n").utf8), chunks: 7) == [line])
    }

    @Test func anOverlongLineWithoutEndIsNotKept() {
        #expect(pieces([UInt8](repeating: 0x61, count: 1_000_000), chunks: 4096) == ["!"])
    }
}
