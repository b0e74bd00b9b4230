import Synchronization

/// The one answer that a request is owed.
///
/// The first call of ``succeed(_:)`` or ``fail(_:)`` writes the line, later ones do nothing, and a reply that is dropped
/// unanswered writes a FAILURE as it goes. So every request gets exactly one answer, whatever happens on the way.
final class Reply: Sendable {
    private let head: String
    private let infoBytes: Int
    private let writer: LineWriter
    private let answered = Atomic(false)

    /// - Parameters:
    ///   - head: everything before RESULT: the verb and the numbers, as the request gave them.
    ///   - infoBytes: the longest INFO that gwd can read.
    init(head: String, infoBytes: Int, writer: LineWriter) {
        self.head = head
        self.infoBytes = infoBytes
        self.writer = writer
    }

    deinit {
        if !answered.load(ordering: .acquiring) {
            fail(MADError(.internal, "internal error: the request was dropped without an answer"))
        }
    }

    /// Answers SUCCESS. False when the request was answered before, for example by its deadline.
    @discardableResult
    func succeed(_ info: Info = .none) -> Bool {
        answer(" SUCCESS ", info)
    }

    /// Answers FAILURE. False when the request was answered before.
    @discardableResult
    func fail(_ error: any Error) -> Bool {
        answer(" FAILURE ", Info(MADError.wrapping(error).description))
    }

    private func answer(_ result: StaticString, _ info: Info) -> Bool {
        guard answered.compareExchange(expected: false, desired: true, ordering: .acquiringAndReleasing).exchanged
        else { return false }
        let info = info.limited(to: infoBytes)
        writer.write { line in
            line.append(head)
            result.withUTF8Buffer { line.append(contentsOf: $0) }
            line.append(info)
        }
        return true
    }
}
