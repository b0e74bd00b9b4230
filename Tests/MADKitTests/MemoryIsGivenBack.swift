import Foundation
import MADKit
import TestSupport
import Testing

/// What a burst of requests leaves: much that is free, between little that is kept.
@Suite struct MemoryIsGivenBack {
    @Test func holesBetweenWhatIsKeptGoBackToTheSystem() throws {
        let blocks = (0..<40_000).map { _ in UnsafeMutableRawPointer.allocate(byteCount: 1_000, alignment: 1) }
        for block in blocks { block.initializeMemory(as: UInt8.self, repeating: 1, count: 1_000) }
        // The last one too, so that the rest is not at the end of the heap, which goes back by itself.
        let kept = stride(from: blocks.count - 1, through: 0, by: -100).map { blocks[$0] }
        defer { kept.forEach { $0.deallocate() } }
        Set(blocks).subtracting(kept).forEach { $0.deallocate() }
        let before = try residentBytes()
        Heap.giveBack()
        #expect(try residentBytes() < before - 20_000_000)
    }

    private func residentBytes() throws -> Int {
        let file = try #require(FileManager.default.contents(atPath: "/proc/self/statm"))
        let words = String(decoding: file, as: UTF8.self).split(separator: " ")
        return try #require(Int(words[1])) * sysconf(Int32(_SC_PAGESIZE))
    }
}
