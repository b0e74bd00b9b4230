import MADKit

/// A host that answered, and the driver that knows it.
struct Host: Sendable {
    let name: HostName
    let informationDriver: DriverSpec
    let facts: HostFacts
}

/// Where a job goes.
struct Placement: Sendable {
    let host: Host
    /// `nil` when the queue is called `-`: the job document then names none.
    let queue: String?

    /// Where the execution driver submits to: `HOST/LRMS_NAME`.
    let contact: ResourceContact

    /// Where the files go: SE_HOSTNAME when the host has one, else the host itself.
    var storage: String { host.facts.text("SE_HOSTNAME") ?? host.facts.text("SE_HOSTNAME", at: 0) ?? host.name.text }
}

/// gwd's rule for hosts that can take a job: LRMS_NAME is set, and a queue has a name and a free slot.
enum HostChoice {
    /// The best queue of a host, or why there is none.
    static func place(on host: Host, queue wanted: String?) -> Result<Placement, Failure> {
        let name = host.name
        guard let manager = host.facts.text("LRMS_NAME") else {
            return .failure(Failure(.information, "\(name) has no LRMS_NAME"))
        }
        guard let contact = ResourceContact("\(name)/\(manager)") else {
            return .failure(Failure(.information, "\(name): LRMS_NAME \"\(manager)\" does not fit into one word"))
        }
        let queues = host.facts.namedQueues
        guard !queues.isEmpty else { return .failure(Failure(.information, "\(name) has no QUEUE_NAME")) }
        let candidates = wanted.map { wanted in queues.filter { $0.name == wanted } } ?? queues
        guard !candidates.isEmpty else {
            let names = queues.map(\.name).joined(separator: ", ")
            return .failure(Failure(.information, "\(name) has no queue \(wanted ?? ""), only \(names)"))
        }
        let open = candidates.filter { host.facts.slots(of: $0) > 0 }
        guard let best = open.max(by: { host.facts.freeNodes(of: $0) < host.facts.freeNodes(of: $1) }) else {
            return .failure(
                Failure(
                    .information,
                    "\(name) has no free slot in \(candidates.map(\.name).joined(separator: ", ")) (QUEUE_NODECOUNT 0)")
            )
        }
        return .success(Placement(host: host, queue: best.name == "-" ? nil : best.name, contact: contact))
    }

    /// The host with the most free nodes among those that can take a job; of equals, the first.
    static func best(of hosts: [Host], queue: String?) -> Placement? {
        var best: (placement: Placement, free: Int)?
        for host in hosts {
            guard case .success(let placement) = place(on: host, queue: queue) else { continue }
            let free =
                host.facts.namedQueues.filter { queue == nil || $0.name == queue }
                .map { host.facts.freeNodes(of: $0) }.max() ?? 0
            if free > (best?.free ?? -1) { best = (placement, free) }
        }
        return best?.placement
    }

    /// True when `wanted` names the host: in full, or without its port.
    static func matches(_ wanted: String, _ host: HostName) -> Bool {
        host.text == wanted || host.text.split(separator: ":").first.map(String.init) == wanted
    }
}
