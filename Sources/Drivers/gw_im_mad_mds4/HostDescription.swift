import MADKit
import WebServices

/// The attributes of a host from what its index says.
///
/// Jobs go to one local resource manager of a host, the first that is neither Fork nor Multi, and to Fork when there is no
/// other; only its queues count. What describes the machine may come from any of them.
struct HostDescription {
    /// In gwd's words.
    private(set) var attributes = HostAttributes()
    /// The job manager chosen, and those passed over.
    let choice: String
    /// What was left out, in words for an administrator.
    private(set) var note: String?

    /// - Throws: ``MADError`` when the entries say nothing about the host, with the reason.
    init(of host: HostName, from entries: [IndexEntry], index: String) throws(MADError) {
        let usable = entries.filter { !$0.isMulti }
        guard usable.contains(where: { !$0.data.isEmpty }) else {
            throw HostDescription.nothing(in: entries, index: index)
        }
        let managers = usable.filter { !$0.isFork && !$0.resource.isEmpty }
        // A manager that has published its queues is of more use than one whose provider is broken.
        let manager =
            managers.first { !$0.data.queues.isEmpty } ?? (usable.first { !$0.data.queues.isEmpty } ?? managers.first)
        let name = manager.map { $0.isFork || $0.resource.isEmpty ? "Fork" : $0.resource } ?? "Fork"
        choice = "\(name) of \(entries.map { $0.resource.isEmpty ? "?" : $0.resource }.joined(separator: ", "))"

        attributes.set("HOSTNAME", .text(host.text))
        if let machine = usable.lazy.compactMap(\.data.host).first {
            describe(machine, platform: usable.lazy.compactMap(\.data.platform).first { !$0.isEmpty })
        }
        let (queues, note) = QueueNames.usable(manager?.data.queues ?? []) { $0.attribute("Name") ?? "" }
        self.note = note
        let processors = queues.compactMap { $0.child("Info")?.attribute("TotalCPUs").flatMap { Int($0) } }
        if let most = processors.max() { attributes.set("NODECOUNT", .integer(max(0, most))) }
        attributes.set("FORK_NAME", .text("Fork"))
        attributes.set("LRMS_NAME", .text(name))
        attributes.set("LRMS_TYPE", .text(name.lowercased()))
        for (index, queue) in queues.enumerated() { describe(queue, at: index) }
    }

    private mutating func describe(_ machine: XMLElement, platform: String?) {
        let processor = machine.child("Processor")
        set("ARCH", platform ?? processor?.attribute("InstructionSet"))
        set("CPU_MODEL", processor?.attribute("InstructionSet"))
        set("CPU_MHZ", processor?.attribute("ClockSpeed"))
        let system = machine.child("OperatingSystem")
        set("OS_NAME", system?.attribute("Name"))
        set("OS_VERSION", system?.attribute("Release"))
        let memory = machine.child("MainMemory")
        set("SIZE_MEM_MB", memory?.attribute("RAMSize"))
        set("FREE_MEM_MB", memory?.attribute("RAMAvailable"))
        // Several file systems: the last is the one that the original driver told.
        let disk = machine.children.filter { $0.isNamed("FileSystem") }.last
        set("SIZE_DISK_MB", disk?.attribute("Size"))
        set("FREE_DISK_MB", disk?.attribute("AvailableSpace"))
        let size = machine.child("Architecture")?.attribute("SMPSize")
        set("CPU_SMP", size)
        let load = machine.child("ProcessorLoad")?.attribute("Last1Min")
        if let processors = size.flatMap({ Double($0) }), let load = load.flatMap({ Double($0) }),
            processors.isFinite, load.isFinite
        {
            // Loads are in hundredths of a processor.
            attributes.set("CPU_FREE", .integer(Int(min(max(0, 100 * processors - load), 2e9))))
        }
    }

    private mutating func set(_ name: String, _ text: String?) {
        if let text, !text.isEmpty { attributes.set(name, .text(text)) }
    }

    /// Where the attributes of a queue come from. The original driver took WaitingJobs for QUEUE_MAXJOBSINQUEUE, by which
    /// gwd cuts the slots of a queue, and WorstResponseTime for QUEUE_MAXTIME.
    private static let sources: [(name: String, part: String, attribute: String, isNumber: Bool)] = [
        ("QUEUE_NODECOUNT", "Info", "TotalCPUs", true),
        ("QUEUE_FREENODECOUNT", "State", "FreeCPUs", true),
        ("QUEUE_MAXTIME", "Policy", "MaxWallClockTime", true),
        ("QUEUE_MAXCPUTIME", "Policy", "MaxCPUTime", true),
        ("QUEUE_MAXRUNNINGJOBS", "Policy", "MaxRunningJobs", true),
        ("QUEUE_MAXJOBSINQUEUE", "Policy", "MaxTotalJobs", true),
        ("QUEUE_STATUS", "State", "Status", false),
        ("QUEUE_PRIORITY", "Policy", "Priority", false),
    ]

    /// What a queue does not tell is set to nothing: gwd would keep what it was told last, perhaps of another queue.
    private mutating func describe(_ queue: XMLElement, at index: Int) {
        attributes.set("QUEUE_NAME", at: index, .text(queue.attribute("Name") ?? ""))
        for source in HostDescription.sources {
            let text = queue.child(source.part)?.attribute(source.attribute)
            if let text, !text.isEmpty {
                attributes.set(source.name, at: index, .text(text))
            } else {
                attributes.set(source.name, at: index, source.isNumber ? .integer(0) : .text(""))
            }
        }
        attributes.set("QUEUE_MAXCOUNT", at: index, .integer(0))
        attributes.set("QUEUE_DISPATCHTYPE", at: index, .text(""))
        if let waiting = queue.child("State")?.attribute("WaitingJobs"), !waiting.isEmpty {
            attributes.set("QUEUE_JOBWAIT", at: index, .text(waiting))
        }
    }

    private static func nothing(in entries: [IndexEntry], index: String) -> MADError {
        guard !entries.isEmpty else {
            return MADError(.unknown, "\(index) is empty: no job factory is registered there")
        }
        let names = entries.map { $0.resource.isEmpty ? $0.address : $0.resource }.joined(separator: ", ")
        return MADError(
            .unknown, "\(index) has no data about \(names)",
            cause: entries.lazy.compactMap(\.data.problem).first ?? "none was collected yet")
    }
}
