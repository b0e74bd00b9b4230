/// What is known about a host: its attributes, and those of its queues.
struct HostFacts: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case integer(Int)
        case text(String)
    }

    struct Attribute: Sendable, Equatable {
        let name: String
        var value: Value
    }

    /// In the order they were told.
    private(set) var attributes: [Attribute] = []
    /// By the index of `QUEUE_…[i]`.
    private(set) var queues: [Int: [Attribute]] = [:]
    /// What was named without a value, which gwd takes for 0 or an empty text.
    private var open: Set<String> = []

    /// Sets an attribute; a later value replaces an earlier one.
    mutating func set(_ name: String, at index: Int? = nil, _ value: Value) {
        if !open.isEmpty { open.remove(HostFacts.label(name, index)) }
        if let index {
            HostFacts.put(name, value, into: &queues[index, default: []])
        } else {
            HostFacts.put(name, value, into: &attributes)
        }
    }

    /// Notes that the attribute just set was named without a value.
    mutating func leaveOpen(_ name: String, at index: Int? = nil) { open.insert(HostFacts.label(name, index)) }

    private static func label(_ name: String, _ index: Int?) -> String { index.map { "\(name)[\($0)]" } ?? name }

    /// True when somebody told a value: a number, be it 0, or a text that is not empty.
    func isTold(_ name: String, at index: Int? = nil) -> Bool {
        switch value(name, at: index) {
        case .integer: !open.contains(HostFacts.label(name, index))
        case .text(let text): !text.isEmpty
        case nil: false
        }
    }

    private static func put(_ name: String, _ value: Value, into list: inout [Attribute]) {
        if let position = list.firstIndex(where: { $0.name == name }) {
            list[position].value = value
        } else {
            list.append(Attribute(name: name, value: value))
        }
    }

    /// A text that is there and not empty.
    func text(_ name: String, at index: Int? = nil) -> String? {
        if case .text(let text)? = value(name, at: index), !text.isEmpty { return text }
        return nil
    }

    /// A number; 0 when it was not told, as in gwd.
    func integer(_ name: String, at index: Int? = nil) -> Int {
        if case .integer(let number)? = value(name, at: index) { return number }
        return 0
    }

    private func value(_ name: String, at index: Int?) -> Value? {
        (index.map { queues[$0] ?? [] } ?? attributes).first { $0.name == name }?.value
    }

    /// The queues that have a name, in order.
    var namedQueues: [Queue] {
        queues.keys.sorted().compactMap { index in
            text("QUEUE_NAME", at: index).map { Queue(index: index, name: $0) }
        }
    }

    struct Queue: Sendable, Equatable {
        let index: Int
        let name: String
    }

    /// Nodes of a queue that are free; for the fork job manager gwd counts idle processors (GridWay 5.6 and later).
    func freeNodes(of queue: Queue) -> Int {
        guard text("LRMS_TYPE") == "fork", queue.index == 0 else {
            return integer("QUEUE_FREENODECOUNT", at: queue.index)
        }
        let free = integer("CPU_FREE")
        return free / 100 + (free % 100 > 50 ? 1 : 0)
    }

    /// Jobs that gwd would give to an idle queue (GridWay 5.10 and later): its nodes, or QUEUE_MAXJOBSINQUEUE when that
    /// is smaller. The free nodes do not count.
    func slots(of queue: Queue) -> Int {
        let nodes = integer("QUEUE_NODECOUNT", at: queue.index)
        let most = integer("QUEUE_MAXJOBSINQUEUE", at: queue.index)
        return most > 0 && most < nodes ? most : nodes
    }
}
