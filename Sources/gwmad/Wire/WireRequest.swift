import MADKit

/// One line for a driver, and how its answer is recognised.
struct WireRequest: Sendable, Equatable {
    /// What ties an answer to its request: the verb, the job or host, and the copy.
    struct Key: Sendable, Hashable {
        let verb: String
        let number: Int32?
        let transfer: Int32?
    }

    let key: Key
    /// The text in gwd's own form: unused fields are `-`, and a blank ends the lines of a transfer driver that have
    /// unused fields (observed in 5.14).
    let line: String

    private init(_ verb: String, _ number: Int32? = nil, _ transfer: Int32? = nil, _ line: String) {
        key = Key(verb: verb, number: number, transfer: transfer)
        self.line = line
    }

    /// Job numbers above the table size that INIT announces crash the original drivers, so INIT announces them all.
    private static let jobs = 100_000

    static func initialize(_ kind: DriverKind) -> WireRequest {
        switch kind {
        case .information: WireRequest("INIT", "INIT - - -")
        case .execution: WireRequest("INIT", "INIT \(jobs) - -")
        case .transfer: WireRequest("INIT", "INIT \(jobs) - - - -")
        }
    }

    static func finalize(_ kind: DriverKind) -> WireRequest {
        WireRequest("FINALIZE", kind == .transfer ? "FINALIZE - - - - -" : "FINALIZE - - -")
    }

    private init(_ verb: String, _ line: String) { self.init(verb, nil, nil, line) }

    static var discover: WireRequest { WireRequest("DISCOVER", "DISCOVER - - -") }

    static func monitor(_ id: HostID, _ host: HostName) -> WireRequest {
        WireRequest("MONITOR", id.value, nil, "MONITOR \(id) \(host) -")
    }

    static func start(_ job: JobID) -> WireRequest { WireRequest("START", job.value, nil, "START \(job) - - - - ") }

    static func end(_ job: JobID) -> WireRequest { WireRequest("END", job.value, nil, "END \(job) - - - - ") }

    static func makeDirectory(_ job: JobID, _ url: TransferURL) -> WireRequest {
        WireRequest("MKDIR", job.value, nil, "MKDIR \(job) - - \(url) - ")
    }

    static func removeDirectory(_ job: JobID, _ url: TransferURL) -> WireRequest {
        WireRequest("RMDIR", job.value, nil, "RMDIR \(job) - - \(url) - ")
    }

    static func copy(_ job: JobID, _ copy: StagedFile) -> WireRequest {
        WireRequest(
            "CP", job.value, copy.id.value,
            "CP \(job) \(copy.id) \(copy.isExecutable ? "X" : "-") \(copy.source) \(copy.destination)")
    }

    static func submit(_ job: JobID, _ contact: ResourceContact, document: String) -> WireRequest {
        WireRequest("SUBMIT", job.value, nil, "SUBMIT \(job) \(contact) \(document)")
    }

    static func recover(_ job: JobID, _ contact: JobContact) -> WireRequest {
        WireRequest("RECOVER", job.value, nil, "RECOVER \(job) \(contact) -")
    }

    static func poll(_ job: JobID) -> WireRequest { WireRequest("POLL", job.value, nil, "POLL \(job) - -") }

    static func cancel(_ job: JobID) -> WireRequest { WireRequest("CANCEL", job.value, nil, "CANCEL \(job) - -") }
}
