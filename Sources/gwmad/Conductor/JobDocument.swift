import MADKit

/// The job in GRAM's language, in the very form that gwd writes (observed in 5.14): one line without a newline.
enum JobDocument {
    /// gwd's buffers: the whole text, and its environment clause.
    private static let longest = 16_383
    private static let longestEnvironment = 511

    /// The text of `job.rsl.0`.
    static func rsl(of job: Job, at placement: Placement) throws(Failure) -> String {
        for text in [placement.host.name.text, job.user, placement.queue ?? ""] where text.contains("\"") {
            throw Failure("'\(text)' holds a quotation mark, which the job document cannot")
        }
        let directory = job.directory
        let environment =
            "(GW_HOSTNAME \"\(placement.host.name)\")(GW_USER \"\(job.user)\")(GW_JOB_ID \(job.id))(GW_TASK_ID 0)"
            + "(GW_ARRAY_ID -1)(GW_TOTAL_TASKS 0)(GW_RESTARTED 0)"
        guard environment.utf8.count <= longestEnvironment else {
            throw Failure("the environment clause of the job document is longer than gwd's \(longestEnvironment) bytes")
        }
        let text =
            "&(jobtype=\"single\")(executable=\"\(directory)/.wrapper\")(stdout=\"\(directory)/stdout.wrapper\")"
            + "(stderr=\"\(directory)/stderr.wrapper\")(environment=\(environment))(count=1)"
            + (placement.queue.map { "(queue=\"\($0)\")" } ?? "")
        guard text.utf8.count <= longest else {
            throw Failure("the job document is longer than gwd's \(longest) bytes")
        }
        return text
    }
}
