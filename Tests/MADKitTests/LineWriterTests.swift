import Glibc
import Testing

@testable import MADKit

/// Contract 2 and 3: whole lines in the order of the calls, and nobody waits for who reads them.
@Suite(.timeLimit(.minutes(1))) struct LineWriterTests {
    /// Longer than the time after which a line comes by itself, and is written by its caller.
    private static let lull: UInt32 = 100

    /// Reads until so many lines are there.
    private func lines(_ count: Int, from descriptor: Int32) -> [Substring] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while bytes.count(where: { $0 == 0x0A }) < count {
            let size = read(descriptor, &buffer, buffer.count)
            guard size > 0 else { break }
            bytes += buffer[..<size]
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }

    private func withWriter(_ body: (LineWriter, _ input: Int32, _ output: Int32) throws -> Void) throws {
        var ends: [Int32] = [-1, -1]
        try #require(pipe(&ends) == 0)
        defer { ends.forEach { close($0) } }
        let writer = LineWriter(descriptor: ends[1]) {}
        try body(writer, ends[1], ends[0])
        // Else the thread might write into somebody else's file.
        #expect(writer.flush(until: .now + .seconds(5)))
    }

    @Test func linesByThemselvesWaitForNobodyWhenThePipeIsFull() throws {
        try withWriter { writer, _, output in
            let expected = (0..<3_000).map { "POLL \($0) SUCCESS PENDING, as far as anybody knows" }
            for line in expected {
                writer.write { $0.append(line) }
                usleep(LineWriterTests.lull)
            }
            #expect(!writer.flush(until: .now))
            #expect(lines(expected.count, from: output).elementsEqual(expected) { $0 == $1 })
        }
    }

    @Test func aLineWaitsForNobodyWhenThereIsLessRoomThanItNeeds() throws {
        try withWriter { writer, input, output in
            #expect(fcntl(input, F_SETFL, O_NONBLOCK) == 0)
            let part = [UInt8](repeating: 0x78, count: 4_095) + [0x0A]
            var filled = 0
            while write(input, part, part.count) == part.count { filled += 1 }
            #expect(fcntl(input, F_SETFL, 0) == 0)
            // Two thirds of a page are free now, and no whole one.
            var buffer = [UInt8](repeating: 0, count: 2_700)
            #expect(read(output, &buffer, buffer.count) == buffer.count)
            writer.write { $0.append(String(repeating: "y", count: 3_000)) }
            #expect(lines(filled + 1, from: output).last == String(repeating: "y", count: 3_000)[...])
        }
    }

    @Test func linesOfAnyLengthKeepTheirOrder() throws {
        try withWriter { writer, _, output in
            let expected = (0..<200).map { String(repeating: "z", count: $0 % 7 == 0 ? 5_000 : 1 + $0) }
            // The first of two comes by itself, the second does not: both ways of writing are taken.
            Thread.start {
                for line in expected {
                    writer.write { $0.append(line) }
                    writer.write { $0.append(line) }
                    usleep(LineWriterTests.lull)
                }
            }
            let heard = lines(2 * expected.count, from: output)
            #expect(heard.elementsEqual(expected.flatMap { [$0, $0] }) { $0 == $1 })
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ text: String) { append(contentsOf: text.utf8) }
}
