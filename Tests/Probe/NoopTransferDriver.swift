import MADKit

/// Does nothing and says yes: what is left is the runtime.
struct NoopTransferDriver: TransferDriver {
    static let manual = Manual(program: "mad_probe", summary: "a transfer driver that moves nothing", options: [])

    init(_ launch: Launch) async throws {}

    func makeDirectory(_ url: TransferURL, for job: JobID) async throws {}
    func removeDirectory(_ url: TransferURL, for job: JobID, progress: Progress) async throws {}
    func exists(_ url: TransferURL, for job: JobID) async throws -> Bool { true }
    func copy(_ copy: Copy, progress: Progress) async throws {}
}
