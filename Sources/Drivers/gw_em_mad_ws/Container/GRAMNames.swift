import WebServices

/// The names of WS-GRAM in a dialect.
extension Dialect {
    /// The root of its namespaces.
    var job: String {
        switch self {
        case .gt40: "http://www.globus.org/namespaces/2004/10/gram/job"
        case .gt42: "http://www.globus.org/namespaces/2008/03/gram/job"
        }
    }
    /// Types such as states.
    var jobTypes: String { job + "/types" }
    /// Job descriptions.
    var jobDescription: String { job + "/description" }
    /// Why jobs fail.
    var jobFaults: String { job + "/faults" }
    /// What notifications of a job's states are called.
    var stateTopic: XMLName {
        switch self {
        case .gt40: XMLName(jobTypes, "state")
        case .gt42: XMLName(job, "stateChangeInformation")
        }
    }
    /// The transfers in a job description.
    var fileTransfer: String {
        switch self {
        case .gt40: "http://www.globus.org/namespaces/2004/10/rft"
        case .gt42: "http://www.globus.org/namespaces/2008/04/rft"
        }
    }
}
