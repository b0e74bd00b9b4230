import Directory
import MADKit

/// Entries of MDS 2 by host. What belongs to what is told by distinguished names alone: servers tell entries in any order.
struct MDS2Index: DirectoryIndex {
    /// A GRAM job manager that an entry describes.
    private struct Manager: Sendable {
        /// The job manager of the gatekeeper, `jobmanager-pbs`.
        let name: String
        /// `pbs`, `fork` …
        let type: String
        let place: DistinguishedName
        var queues: [Int] = []

        var isFork: Bool { type.lowercased() == "fork" }
    }

    /// The entries of a host.
    private struct Host: Sendable {
        let entry: Int
        let name: String
        var below: [Int] = []
    }

    private let table: EntryTable
    private let software: Int
    private let schedulerType: Int
    private let queue: Int
    private let hostTable: MappingTable
    private let queueTable: MappingTable
    private var described: [Host] = []
    private var places: [String: Int] = [:]

    init(_ table: EntryTable, _ attributes: AttributeNames, hostTable: MappingTable, queueTable: MappingTable) {
        self.table = table
        self.hostTable = hostTable
        self.queueTable = queueTable
        software = attributes.number(MDS2.software)
        schedulerType = attributes.number(MDS2.schedulerType)
        queue = attributes.number(MDS2.queue)
        let hostName = attributes.number(MDS2.host)
        let names = (0..<table.count).map { DistinguishedName(table.name($0)) }
        var hostAt: [DistinguishedName: Int] = [:]
        // A host that is published in two places is taken from the same one each time.
        let entries = (0..<table.count).filter { table.has(hostName, $0) }.map { (place: table.name($0), entry: $0) }
        for (_, entry) in entries.sorted(by: { $0.place < $1.place }) {
            guard let name = table.first(hostName, of: entry), hostAt[names[entry]] == nil else { continue }
            hostAt[names[entry]] = described.count
            if places[name.lowercased()] == nil { places[name.lowercased()] = described.count }
            described.append(Host(entry: entry, name: name))
        }
        for entry in 0..<table.count where hostAt[names[entry]] == nil {
            var above = names[entry].parent
            while let place = above {
                if let host = hostAt[place] {
                    described[host].below.append(entry)
                    break
                }
                above = place.parent
            }
        }
    }

    var hosts: [String] { described.map(\.name) }

    func description(of name: String) -> HostDescription? {
        guard let host = places[name.lowercased()].map({ described[$0] }) else { return nil }
        var description = HostDescription()
        description.host.set("HOSTNAME", .text(host.name))

        var managers: [Manager] = []
        var queues: [Int] = []
        var devices: [(place: String, entry: Int)] = []
        for entry in host.below {
            if table.has(queue, entry) {
                queues.append(entry)
            } else if let manager = manager(entry) {
                managers.append(manager)
            } else {
                devices.append((table.name(entry), entry))
            }
        }
        devices.sort { $0.place < $1.place }
        hostTable.describeHost([host.entry] + devices.map(\.entry), of: table, in: &description.host)

        let orphans = hand(queues, to: &managers)
        managers.sort { ($0.queues.isEmpty ? 1 : 0, $0.name, $0.type) < ($1.queues.isEmpty ? 1 : 0, $1.name, $1.type) }
        let fork = managers.first(where: \.isFork)
        let others = managers.filter { !$0.isFork }
        let chosen = others.first ?? fork
        if let fork { description.host.set("FORK_NAME", .text(fork.name)) }
        if let chosen {
            description.host.set("LRMS_NAME", .text(chosen.name))
            description.host.set("LRMS_TYPE", .text(chosen.type))
        }
        if others.count > 1, let chosen {
            let left = others.dropFirst().map(\.name).joined(separator: ", ")
            description.notes.append("\(chosen.name) taken, left out with their queues: \(left)")
        }
        var rows = ((chosen?.queues ?? []) + orphans)
            .map { (name: table.first(queue, of: $0) ?? "", place: table.name($0), entry: $0) }
            .sorted { ($0.name, $0.place) < ($1.name, $1.place) }
        rows = description.named(rows) { $0.name }
        for (index, row) in rows.enumerated() {
            queueTable.describeQueue(index, row.entry, of: table, in: &description.queues)
        }
        return description
    }

    /// The job manager that an entry describes: one that names a scheduler, or is named as GRAM names them.
    private func manager(_ entry: Int) -> Manager? {
        guard let name = table.all(software, of: entry).first(where: { $0.lowercased().hasPrefix("jobmanager") }) else {
            return nil
        }
        let type = table.first(schedulerType, of: entry) ?? String(name.dropFirst("jobmanager-".count))
        return Manager(name: name, type: type, place: DistinguishedName(table.name(entry)))
    }

    /// Gives each queue to the job manager above it and returns those that have none.
    private func hand(_ queues: [Int], to managers: inout [Manager]) -> [Int] {
        var orphans: [Int] = []
        for entry in queues {
            var above = DistinguishedName(table.name(entry)).parent
            var owner: Int?
            while let place = above, owner == nil {
                owner = managers.firstIndex { $0.place == place }
                above = place.parent
            }
            if let owner { managers[owner].queues.append(entry) } else { orphans.append(entry) }
        }
        return orphans
    }
}
