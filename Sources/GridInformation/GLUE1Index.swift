import Directory
import MADKit

/// Entries of GLUE 1 by host, related by the keys that they name one another with.
struct GLUE1Index: DirectoryIndex {
    /// The attributes that relations rest on, by number.
    fileprivate struct Numbers: Sendable {
        let element, elementName, elementHost, managerType, managerName, hostingCluster, foreignKey, accessRule: Int
        let waitingJobs, subCluster, subClusterName, processors, chunkKey, cluster, totalCPUs: Int

        init(_ attributes: AttributeNames) {
            element = attributes.number(GLUE1.element)
            elementName = attributes.number(GLUE1.elementName)
            elementHost = attributes.number(GLUE1.elementHost)
            managerType = attributes.number(GLUE1.managerType)
            managerName = attributes.number(GLUE1.managerName)
            hostingCluster = attributes.number(GLUE1.hostingCluster)
            foreignKey = attributes.number(GLUE1.foreignKey)
            accessRule = attributes.number(GLUE1.accessRule)
            waitingJobs = attributes.number(GLUE1.waitingJobs)
            subCluster = attributes.number(GLUE1.subCluster)
            subClusterName = attributes.number(GLUE1.subClusterName)
            processors = attributes.number(GLUE1.subClusterProcessors)
            chunkKey = attributes.number(GLUE1.chunkKey)
            cluster = attributes.number(GLUE1.cluster)
            totalCPUs = attributes.number("GlueCEInfoTotalCPUs")
        }
    }

    /// A computing element, as far as its place among the others goes.
    private struct Element {
        let entry: Int
        let identifier: String
        let name: String
        let manager: String
        let type: String

        var isFork: Bool { type.lowercased() == "fork" || manager.lowercased().hasSuffix("-fork") }
    }

    private let table: EntryTable
    private let numbers: Numbers
    private let flavour: GLUE1.Flavour
    private let reading: Reading
    private let hostTable: MappingTable
    private let queueTable: MappingTable
    /// Names in lower case.
    private var elementsOfHost: [String: [Int]] = [:]
    private var elementsOfCluster: [String: [Int]] = [:]
    private var subClustersOfCluster: [String: [Int]] = [:]
    private var subClustersByName: [String: [Int]] = [:]
    private var clusters: [String: Int] = [:]
    private(set) var hosts: [String] = []

    init(
        _ table: EntryTable, _ attributes: AttributeNames, _ flavour: GLUE1.Flavour, _ reading: Reading,
        hostTable: MappingTable, queueTable: MappingTable
    ) {
        self.table = table
        self.flavour = flavour
        self.reading = reading
        self.hostTable = hostTable
        self.queueTable = queueTable
        numbers = Numbers(attributes)
        for entry in 0..<table.count {
            if let identifier = table.first(numbers.element, of: entry) {
                let host =
                    table.first(numbers.elementHost, of: entry).map(GLUE1.host(named:))
                    ?? GLUE1.host(ofElement: identifier)
                let key = host.lowercased()
                if flavour == .computingElement, elementsOfHost[key] == nil { hosts.append(host) }
                elementsOfHost[key, default: []].append(entry)
                guard flavour == .cluster else { continue }
                for cluster in GLUE1Index.clusters(of: entry, table, numbers) {
                    if elementsOfCluster[cluster.lowercased()] == nil { hosts.append(cluster) }
                    elementsOfCluster[cluster.lowercased(), default: []].append(entry)
                }
            } else if let identifier = table.first(numbers.subCluster, of: entry) {
                for key in GLUE1Index.clusters(ofSubCluster: entry, table, numbers) {
                    subClustersOfCluster[key.lowercased(), default: []].append(entry)
                }
                subClustersByName[identifier.lowercased(), default: []].append(entry)
                if let name = table.first(numbers.subClusterName, of: entry)?.lowercased(),
                    name != identifier.lowercased()
                {
                    subClustersByName[name, default: []].append(entry)
                }
            } else if let identifier = table.first(numbers.cluster, of: entry) {
                clusters[identifier.lowercased()] = entry
            }
        }
        if flavour == .cluster {
            for (name, entry) in clusters where elementsOfCluster[name] == nil {
                hosts.append(table.first(numbers.cluster, of: entry) ?? name)
            }
            // Elements that name no cluster still run on a host.
            if hosts.isEmpty { hosts = Array(elementsOfHost.keys) }
            hosts.sort()
        }
    }

    func description(of name: String) -> HostDescription? {
        let name = name.lowercased()
        let found: [Int]
        switch flavour {
        case .computingElement:
            guard let elements = elementsOfHost[name] else { return nil }
            found = elements
        case .cluster:
            guard let elements = elementsOfCluster[name] ?? elementsOfHost[name] ?? clusters[name].map({ _ in [] })
            else {
                return nil
            }
            found = elements
        }
        var description = HostDescription()
        var itsClusters: [String] = clusters[name] == nil ? [] : [name]
        for entry in found {
            for cluster in GLUE1Index.clusters(of: entry, table, numbers)
            where !itsClusters.contains(cluster.lowercased()) {
                itsClusters.append(cluster.lowercased())
            }
        }
        describeMachines(name, itsClusters, in: &description)
        describeQueues(found, in: &description)
        return description
    }

    // MARK: Machines

    private func describeMachines(_ name: String, _ itsClusters: [String], in description: inout HostDescription) {
        var machines: [(identifier: String, entry: Int)] = []
        for cluster in itsClusters {
            for entry in subClustersOfCluster[cluster] ?? [] where !machines.contains(where: { $0.entry == entry }) {
                machines.append((table.first(numbers.subCluster, of: entry) ?? "", entry))
            }
        }
        if machines.isEmpty {
            machines = (subClustersByName[name] ?? []).map { (table.first(numbers.subCluster, of: $0) ?? "", $0) }
        }
        machines.sort { $0.identifier < $1.identifier }
        let own = machines.first { machine in
            machine.identifier.lowercased() == name
                || table.first(numbers.subClusterName, of: machine.entry)?.lowercased() == name
        }
        let machine = own ?? machines.first
        if machines.count > 1, let machine {
            let names = machines.map(\.identifier).filter { $0 != machine.identifier }.joined(separator: ", ")
            description.notes.append("sub-cluster \(machine.identifier) taken, left out: \(names)")
        }
        if flavour == .cluster {
            let cluster = clusters[name].flatMap { table.first(numbers.cluster, of: $0) }
            if let cluster = cluster ?? itsClusters.sorted().first { description.host.set("HOSTNAME", .text(cluster)) }
            for (name, value) in GLUE1.clusterHostConstants { description.host.set(name, value) }
        }
        guard let machine else { return }
        if let count = told(numbers.processors, machine.entry) { description.host.set("NODECOUNT", .text(count)) }
        hostTable.describeHost([machine.entry], of: table, in: &description.host)
    }

    // MARK: Queues

    private func describeQueues(_ entries: [Int], in description: inout HostDescription) {
        let all = elements(entries)
        let managers = Set(all.map(\.manager)).sorted()
        // Jobs go to one job manager of a host, so only its queues can be used.
        let batch = managers.first { manager in !manager.isEmpty && all.contains { $0.manager == manager && !$0.isFork }
        }
        guard let chosen = batch ?? managers.first else { return }
        if managers.count > 1 {
            let left = managers.filter { $0 != chosen }.joined(separator: ", ")
            description.notes.append("\(chosen) taken, left out with their queues: \(left)")
        }
        var elements = all.filter { $0.manager == chosen }
        if !chosen.isEmpty { description.host.set("LRMS_NAME", .text(chosen)) }
        if let type = elements.map(\.type).first(where: { !$0.isEmpty }) {
            description.host.set("LRMS_TYPE", .text(type))
        }
        if let count = elements.compactMap({ told(numbers.totalCPUs, $0.entry).flatMap { Int($0) } }).max() {
            description.host.set("NODECOUNT", .integer(count))
        }
        elements = description.named(elements, by: \.name)
        for (index, element) in elements.enumerated() {
            description.queues.set("QUEUE_NAME", at: index, .text(element.name))
            queueTable.describeQueue(index, element.entry, of: table, in: &description.queues)
            for (name, value) in GLUE1.queueConstants { description.queues.set(name, at: index, value) }
            guard flavour == .cluster else { continue }
            for (name, value) in GLUE1.clusterQueueConstants { description.queues.set(name, at: index, value) }
        }
        // gwd has little room for generic attributes; who may use the queues matters more than how long they are.
        for (index, element) in elements.enumerated() {
            let access = AccessRules.text(
                table.all(numbers.accessRule, of: element.entry), bytes: reading.accessBytes)
            if !access.isEmpty { description.queues.set("QUEUE_ACCESS", at: index, .text(access)) }
        }
        guard flavour == .computingElement else { return }
        for (index, element) in elements.enumerated() {
            guard let waiting = told(numbers.waitingJobs, element.entry) else { continue }
            description.queues.set("QUEUE_JOBWAIT", at: index, .text(waiting))
        }
    }

    /// What is told and no placeholder that an administrator does not want.
    private func told(_ attribute: Int, _ entry: Int) -> String? {
        table.first(attribute, of: entry).flatMap { reading.placeholders.mayPass($0) ? $0 : nil }
    }

    /// The elements by identifier. One that comes twice, perhaps by the mistake of another site, is one queue all the same.
    private func elements(_ entries: [Int]) -> [Element] {
        var sorted = entries.map(element).sorted { $0.identifier < $1.identifier }
        guard zip(sorted, sorted.dropFirst()).contains(where: { $0.identifier == $1.identifier }) else { return sorted }
        sorted.sort { ($0.identifier, table.name($0.entry)) < ($1.identifier, table.name($1.entry)) }
        var seen: Set<String> = []
        return sorted.filter { seen.insert($0.identifier).inserted }
    }

    private func element(_ entry: Int) -> Element {
        let identifier = table.first(numbers.element, of: entry) ?? ""
        let name = table.first(numbers.elementName, of: entry) ?? ""
        let service =
            identifier.utf8.firstIndex(of: UInt8(ascii: "/"))
            .map { String(identifier[identifier.utf8.index(after: $0)...]) } ?? ""
        let parts = service.utf8.split(separator: UInt8(ascii: "-"), maxSplits: 2, omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        var manager = parts.prefix(2).joined(separator: "-")
        if !name.isEmpty, service.lowercased().hasSuffix("-\(name.lowercased())") {
            // A queue's name may have dashes, and so may a job manager's.
            manager = String(service.dropLast(name.count + 1))
        } else if service.isEmpty, let published = table.first(numbers.managerName, of: entry) {
            manager = published.hasPrefix("jobmanager") ? published : "jobmanager-\(published)"
        }
        return Element(
            entry: entry, identifier: identifier, name: name.isEmpty && parts.count > 2 ? parts[2] : name,
            manager: manager, type: table.first(numbers.managerType, of: entry) ?? "")
    }

    // MARK: Keys

    private static func clusters(of entry: Int, _ table: EntryTable, _ numbers: Numbers) -> [String] {
        clusters(of: entry, table, foreignKey: numbers.foreignKey, hostingCluster: numbers.hostingCluster)
    }

    fileprivate static func clusters(
        of entry: Int, _ table: EntryTable, foreignKey: Int, hostingCluster: Int
    ) -> [String] {
        let keys = table.all(foreignKey, of: entry).compactMap { value(of: GLUE1.cluster, in: $0) }
        return keys.isEmpty ? table.all(hostingCluster, of: entry) : keys
    }

    fileprivate static func clusters(ofSubCluster entry: Int, _ table: EntryTable, _ numbers: Numbers) -> [String] {
        let keys = table.all(numbers.chunkKey, of: entry).compactMap { value(of: GLUE1.cluster, in: $0) }
        guard keys.isEmpty else { return keys }
        return DistinguishedName(table.name(entry)).value(of: GLUE1.cluster).map { [$0] } ?? []
    }

    /// The value of a key such as `GlueClusterUniqueID=ce.example.org`, if it is of that attribute.
    private static func value(of attribute: String, in key: String) -> String? {
        guard let sign = key.utf8.firstIndex(of: UInt8(ascii: "=")), key[..<sign].lowercased() == attribute.lowercased()
        else { return nil }
        return String(key[key.utf8.index(after: sign)...])
    }
}

/// What the entries found so far leave open.
struct GLUE1Relations {
    /// True when computing elements, or a cluster itself, are there.
    private(set) var hasElements = false
    /// True when sub-clusters are there.
    private(set) var hasMachines = false
    /// Clusters named by computing elements, whose sub-clusters are not there.
    private(set) var clustersWithoutMachines: [String] = []

    init(_ table: EntryTable, _ attributes: AttributeNames) {
        let numbers = GLUE1Index.Numbers(attributes)
        var named: [String] = []
        var described: Set<String> = []
        for entry in 0..<table.count {
            if table.has(numbers.element, entry) {
                hasElements = true
                named += GLUE1Index.clusters(
                    of: entry, table, foreignKey: numbers.foreignKey, hostingCluster: numbers.hostingCluster)
            } else if table.has(numbers.subCluster, entry) {
                hasMachines = true
                described.formUnion(GLUE1Index.clusters(ofSubCluster: entry, table, numbers).map { $0.lowercased() })
            } else if let cluster = table.first(numbers.cluster, of: entry) {
                hasElements = true
                named.append(cluster)
            }
        }
        var seen = described
        clustersWithoutMachines = named.filter { seen.insert($0.lowercased()).inserted }
    }

    /// The clusters that computing elements name; the hosts that they run on if none names any.
    static func clustersOrHosts(of table: EntryTable, _ attributes: AttributeNames) -> [String] {
        let foreignKey = attributes.number(GLUE1.foreignKey)
        let hostingCluster = attributes.number(GLUE1.hostingCluster)
        let clusters = (0..<table.count).flatMap {
            GLUE1Index.clusters(of: $0, table, foreignKey: foreignKey, hostingCluster: hostingCluster)
        }
        guard clusters.isEmpty else { return clusters }
        let (element, host) = (attributes.number(GLUE1.element), attributes.number(GLUE1.elementHost))
        return (0..<table.count).compactMap { entry in
            table.first(host, of: entry).map(GLUE1.host(named:))
                ?? table.first(element, of: entry).map(GLUE1.host(ofElement:))
        }
    }
}
