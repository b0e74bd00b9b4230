import Foundation
import TestSupport
import Testing

/// Copies of what is not there, beside copies of what is: neither kind disturbs the other.
@Suite struct MissingFileTests {
    /// Which way the files go.
    enum Way: CaseIterable {
        case down, up, across
    }

    private let job: GridTalk
    private let source: String
    /// How long a login and two orders take on this machine at this moment.
    private let login: Duration

    init() async throws {
        let job = try await GridTalk()
        self.job = job
        source = try job.local.write("source", "good")
        login = try await ContinuousClock().measure { try await job.prepare() }
    }

    /// A request for a copy that works, or for one of what is not there.
    private func line(_ way: Way, _ number: Int, isGood: Bool) -> String {
        let (far, away) = (job.remote + (isGood ? "good\(number)" : "missing\(number)"), job.remote2)
        return switch way {
        case .down: "CP 0 \(number) - \(far) file://\(job.local.path)/back\(number)"
        case .up: "CP 0 \(number) - file://\(source) \(job.remote)\(isGood ? "" : "none/")f\(number)"
        case .across: "CP 0 \(number) - \(far) \(away)copy\(number)"
        }
    }

    @Test(arguments: Way.allCases)
    func missingFilesDoNotHurtGoodOnes(way: Way) async throws {
        for number in stride(from: 0, to: 60, by: 2) {
            try Data("good".utf8).write(to: URL(fileURLWithPath: job.path + "/good\(number)"))
        }
        for number in 0..<60 { job.talk.say(line(way, number, isGood: number % 2 == 0)) }
        for number in 0..<60 {
            let answer = try await job.talk.hear("CP 0 \(number) ")
            if number % 2 == 0 {
                #expect(answer.hasPrefix("CP 0 \(number) SUCCESS"), "\(answer)")
            } else {
                #expect(answer.hasPrefix("CP 0 \(number) FAILURE No such file or directory"), "\(answer)")
                #expect(answer.contains("(server reply 5"), "\(answer)")
            }
        }
        // The data connections of the copies are gone or idle now, and a listing changes the mode.
        try await job.finish()
    }

    @Test(arguments: Way.allCases)
    func aHundredMissingFilesAreReportedAtOnce(way: Way) async throws {
        let start = ContinuousClock.now
        for number in 0..<100 { job.talk.say(line(way, number, isGood: false)) }
        for number in 0..<100 {
            #expect(try await job.talk.hear("CP 0 \(number) ").contains("FAILURE No such file or directory"))
        }
        let time = ContinuousClock.now - start
        // Not each of them with a login of its own, be the machine as busy as it was before or as it is now.
        let later = try await GridTalk()
        let now = try await ContinuousClock().measure { try await later.prepare() }
        #expect(time < .seconds(3) + max(login, now) * 40)
        try await later.finish()
        try await job.finish()
    }

    @Test func aFileThatAppearsAfterOthersWereMissingIsFetched() async throws {
        for number in 0..<5 {
            #expect(try await job.talk.ask(line(.down, number, isGood: false)).contains("FAILURE No such file"))
        }
        try Data("late".utf8).write(to: URL(fileURLWithPath: job.path + "/missing5"))
        #expect(try await job.talk.ask(line(.down, 5, isGood: false)).hasPrefix("CP 0 5 SUCCESS"))
        #expect(try job.local.read("back5") == "late")
        try await job.finish()
    }
}
