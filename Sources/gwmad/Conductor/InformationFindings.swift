import MADKit

/// What the conversation with one information driver brought to light.
struct InformationFindings {
    /// Until INIT was answered; `nil` when the driver did not start.
    var startTime: Duration?
    /// Until DISCOVER was answered; `nil` when it was not.
    var discoverTime: Duration?
    /// Why INIT or DISCOVER failed.
    var refusal: String?
    /// The names that DISCOVER brought.
    var hosts: [String] = []
    /// The hosts that answered.
    var answers: [Host] = []
    /// The others, with the driver's reason.
    var failures: [(host: String, reason: String)] = []
    /// How often gwd would have misread the driver.
    var defects = 0

    /// Attributes that some hosts or queues lack.
    struct Lack: Equatable {
        let attribute: String
        /// How many lack it, of how many.
        var count = 0
        var total = 0
        /// The first host that lacks it.
        var example: String?
    }

    /// What gwd's schedulers and users look for in every host.
    static let hostAttributes = [
        "ARCH", "OS_NAME", "OS_VERSION", "CPU_MODEL", "CPU_MHZ", "CPU_FREE", "CPU_SMP", "NODECOUNT", "SIZE_MEM_MB",
        "FREE_MEM_MB", "SIZE_DISK_MB", "FREE_DISK_MB", "FORK_NAME", "LRMS_NAME", "LRMS_TYPE",
    ]
    /// The same for every queue.
    static let queueAttributes = [
        "QUEUE_NODECOUNT", "QUEUE_FREENODECOUNT", "QUEUE_MAXTIME", "QUEUE_MAXCPUTIME", "QUEUE_MAXCOUNT",
        "QUEUE_MAXRUNNINGJOBS", "QUEUE_MAXJOBSINQUEUE", "QUEUE_STATUS", "QUEUE_DISPATCHTYPE", "QUEUE_PRIORITY",
    ]

    /// Attributes that hosts lack, in the order of ``hostAttributes``.
    var lacksOfHosts: [Lack] {
        InformationFindings.hostAttributes.map { name in
            var lack = Lack(attribute: name)
            for host in answers { lack.note(host.facts.isTold(name), host) }
            return lack
        }.filter { $0.count > 0 }
    }

    /// Attributes that queues lack, in the order of ``queueAttributes``.
    var lacksOfQueues: [Lack] {
        InformationFindings.queueAttributes.map { name in
            var lack = Lack(attribute: name)
            for host in answers {
                for queue in host.facts.namedQueues { lack.note(host.facts.isTold(name, at: queue.index), host) }
            }
            return lack
        }.filter { $0.count > 0 }
    }

    /// The queues of all hosts.
    var queues: Int { answers.map(\.facts.namedQueues.count).reduce(0, +) }

    /// Hosts that gwd cannot give a job, because they tell no job manager or no queue.
    var unusable: [Host] {
        answers.filter { $0.facts.text("LRMS_NAME") == nil || $0.facts.namedQueues.isEmpty }
    }

    /// Each reason of a failure once, the most frequent first, with the number of hosts and the first of them.
    var reasons: [(reason: String, count: Int, example: String)] {
        var list: [(reason: String, count: Int, example: String)] = []
        for failure in failures {
            // Most reasons name the host, and yet are one.
            let reason = failure.reason.replacing(failure.host, with: "HOST")
            if let place = list.firstIndex(where: { $0.reason == reason }) {
                list[place].count += 1
            } else {
                list.append((reason, 1, failure.host))
            }
        }
        return list.sorted { $0.count > $1.count }
    }
}

extension InformationFindings.Lack {
    fileprivate mutating func note(_ isTold: Bool, _ host: Host) {
        total += 1
        if isTold { return }
        count += 1
        example = example ?? host.name.text
    }
}

extension String {
    /// With `other` in the place of each `part`.
    fileprivate func replacing(_ part: String, with other: String) -> String {
        guard !part.isEmpty else { return self }
        var result = ""
        var rest = self[...]
        while let start = rest.firstRange(of: part) {
            result += rest[..<start.lowerBound] + other
            rest = rest[start.upperBound...]
        }
        return result + rest
    }
}
