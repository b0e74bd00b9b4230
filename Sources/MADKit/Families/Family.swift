/// One of the three protocol families: how its request lines become operations, and what its replies look like.
protocol Family: Sendable {
    associatedtype DriverType: Driver

    /// Words of a full request line; the last one takes the rest of the line.
    static var fields: Int { get }
    /// Deadline of an operation when the administrator sets none.
    static var patience: Duration { get }
    /// The part of a reply before RESULT.
    static func head(of line: RequestLine, verb: String) -> String
    /// Longest INFO behind that head.
    static func infoBytes(head: String, limits: GWDLimits) -> Int

    init(driver: DriverType, setting: FamilySetting)

    /// INFO of the reply to INIT.
    func greeting() async -> Info
    /// The operation that a line asks for.
    /// - Throws: ``MADError`` when the line asks for nothing that can be done; `reply` is then still owed.
    func operation(for line: RequestLine, reply: Reply) throws(MADError) -> Operation
    /// Lets the driver let go.
    func shutDown() async
    /// Work that goes on beside the requests until the process ends.
    func attend() async
}

/// What a family needs besides its driver.
struct FamilySetting: Sendable {
    let limits: GWDLimits
    let patience: Duration
    let writer: LineWriter
    let log: Log
}

extension Family {
    /// The verb as it may be printed: upper case, printable, no longer than gwd's buffer of 20 bytes.
    static func printable(_ verb: String) -> String {
        guard verb.isEmpty || verb.utf8.count > 19 || !verb.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            return verb
        }
        let clean = String(decoding: verb.utf8.prefix(19).filter { $0 > 0x20 && $0 < 0x7F }, as: UTF8.self)
        return clean.isEmpty ? "-" : clean
    }

    func attend() async {}

    /// Reads word 1 of a line as the number of a job.
    func job(in line: RequestLine) throws(MADError) -> JobID {
        guard let word = line[1] else { throw MADError(.invalid, "the request names no job") }
        guard let job = JobID(word) else { throw MADError(.invalid, "'\(word)' is not a job number") }
        return job
    }
}

/// Heads of the replies of information and execution drivers: `OP ID`.
enum FourWordReply {
    static func head(of line: RequestLine, verb: String) -> String {
        guard verb != "INIT", verb != "FINALIZE" else { return verb + " -" }
        return verb + " " + number(line[1])
    }

    /// A number for a reply: as it came when gwd can have sent it, else `-`, which gwd ignores.
    static func number(_ word: String?) -> String {
        guard let word, JobID(word) != nil else { return "-" }
        return word
    }
}
