import Testing

@testable import MADKit

@Suite struct JobTableTests {
    private let table = JobTable()
    private let first = JobContact("https://h:1/1/1/")
    private let second = JobContact("https://h:1/2/2/")

    /// Enters a job and returns the early news that were told.
    private func enter(_ job: JobID, _ contact: JobContact, _ state: JobState = .pending) -> [JobState] {
        _ = table.expect(job)
        var told: [JobState] = []
        _ = table.enter(job, contact, state, tell: { true }, announce: { told.append($0) })
        return told
    }

    /// The job to which news belong, if they are news.
    private func note(_ contact: JobContact, _ state: JobState) -> JobID? {
        var job: JobID?
        table.note(contact, state) { number, _ in job = number }
        return job
    }

    @Test func newsAreToldOnceAndNeverBackwards() throws {
        let contact = try #require(first)
        _ = enter(JobID(1), contact)
        #expect(note(contact, .pending) == nil)
        #expect(note(contact, .active) == JobID(1))
        #expect(note(contact, .active) == nil)
        #expect(note(contact, .suspended) == JobID(1))
        #expect(note(contact, .active) == JobID(1))
        #expect(note(contact, .pending) == nil)
        #expect(note(contact, .done(exitCode: 1)) == JobID(1))
        #expect(note(contact, .failed(reason: "late")) == nil)
        #expect(table.state(of: JobID(1)) == .done(exitCode: 1))
    }

    @Test func earlyNewsBelongToTheContactThatComesLater() throws {
        let (a, b) = (try #require(first), try #require(second))
        _ = table.expect(JobID(1))
        _ = table.expect(JobID(2))
        #expect(note(a, .active) == nil)
        #expect(note(b, .done(exitCode: nil)) == nil)
        var told: [JobState] = []
        #expect(table.enter(JobID(2), b, .pending, tell: { true }, announce: { told.append($0) }))
        #expect(told == [.done(exitCode: nil)])
        #expect(table.enter(JobID(1), a, .pending, tell: { true }, announce: { told.append($0) }))
        #expect(told == [.done(exitCode: nil), .active])
    }

    @Test func newsOfStrangersAreForgotten() throws {
        let contact = try #require(first)
        #expect(note(contact, .active) == nil)
        #expect(enter(JobID(1), contact).isEmpty)
    }

    @Test func aNumberGivenAwayLeavesItsOldContactBehind() throws {
        let (a, b) = (try #require(first), try #require(second))
        _ = enter(JobID(1), a)
        #expect(table.expect(JobID(1)) == a)
        #expect(note(a, .done(exitCode: nil)) == nil)
        #expect(table.enter(JobID(1), b, .pending, tell: { true }, announce: { _ in }))
        #expect(note(a, .done(exitCode: nil)) == nil)
        #expect(table.state(of: JobID(1)) == .pending)
    }

    @Test func aReplyThatCameTooLateEntersNothing() throws {
        let contact = try #require(first)
        _ = table.expect(JobID(1))
        #expect(!table.enter(JobID(1), contact, .pending, tell: { false }, announce: { _ in }))
        #expect(table.entry(of: JobID(1)) == nil)
    }

    @Test(arguments: [
        (JobState.pending, "PENDING"), (.active, "ACTIVE"), (.suspended, "SUSPENDED"), (.done(exitCode: nil), "DONE"),
        (.done(exitCode: 3), "DONE:3"), (.cancelled, "DONE"), (.failed(reason: "x"), "FAILED"),
    ])
    func onlyWordsThatGWDKnowsAreSaid(state: JobState, word: String) {
        #expect(state.word.text == word)
    }
}
