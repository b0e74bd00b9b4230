internal import CLibXML2

/// An element and all below it, written so that it stands by itself.
///
/// What it declares is declared in the copy, used or not: a name in a text may need it. A namespace that was declared further
/// up is declared where it is used first; so is one that only an attribute like `xsi:type` names, from which some containers
/// learn how to read an element.
struct XMLCopy {
    private static let instance = "http://www.w3.org/2001/XMLSchema-instance"

    /// What prefixes stand for, with what they stood for further up.
    private struct Scope {
        private(set) var meanings: [String: String] = [:]
        private var changes: [(prefix: String, before: String?)] = []

        var mark: Int { changes.count }

        mutating func set(_ prefix: String, _ namespace: String) {
            changes.append((prefix, meanings.updateValue(namespace, forKey: prefix)))
        }

        mutating func goBack(to mark: Int) {
            while changes.count > mark, let change = changes.popLast() { meanings[change.prefix] = change.before }
        }
    }

    /// An element whose end is still to be written.
    private struct Open {
        let index: Int
        let tag: String
        /// How far its text is written.
        var place: Int32
        let documentMark: Int
        let writtenMark: Int
    }

    private let table: XMLTable
    /// What prefixes stand for in the document, and in the copy.
    private var document = Scope()
    private var written = Scope()
    private var open: [Open] = []
    private(set) var text = ""

    init(of element: Int, in table: XMLTable) {
        self.table = table
        var above: [Int] = []
        var place = Int(table.elements[element].parent)
        while place >= 0 {
            above.append(place)
            place = Int(table.elements[place].parent)
        }
        for index in above.reversed() { for declaration in table.declarations(of: index) { mean(declaration) } }
        for index in element..<Int(table.elements[element].end) {
            while let last = open.last, Int(table.elements[last.index].end) <= index { end(last) }
            begin(index)
        }
        while let last = open.last { end(last) }
    }

    private mutating func mean(_ declaration: XMLTable.Declaration) {
        document.set(XMLCopy.string(declaration.prefix), XMLCopy.string(declaration.namespace))
    }

    private mutating func begin(_ index: Int) {
        let element = table.elements[index]
        if let last = open.last {
            text += XMLText.escaped(table.text(last.place, element.textStart))
            open[open.count - 1].place = element.textEnd
        }
        let tag = XMLCopy.qualified(element.name)
        open.append(
            Open(
                index: index, tag: tag, place: element.textStart, documentMark: document.mark,
                writtenMark: written.mark))
        text += "<\(tag)"
        for declaration in table.declarations(of: index) {
            mean(declaration)
            use(XMLCopy.string(declaration.prefix), XMLCopy.string(declaration.namespace))
        }
        use(XMLCopy.string(element.name.prefix), XMLCopy.string(element.name.namespace))
        var attributes = ""
        for attribute in table.attributes(of: index) {
            let value = table.value(of: attribute)
            let namespace = XMLCopy.string(attribute.name.namespace)
            if !namespace.isEmpty { use(XMLCopy.string(attribute.name.prefix), namespace) }
            if namespace == XMLCopy.instance, let colon = value.firstIndex(of: ":"),
                let meant = document.meanings[String(value[..<colon])]
            {
                use(String(value[..<colon]), meant)
            }
            attributes += " \(XMLCopy.qualified(attribute.name))=\"\(XMLText.escaped(value, isAttribute: true))\""
        }
        text += attributes + ">"
    }

    private mutating func end(_ element: Open) {
        text += XMLText.escaped(table.text(element.place, table.elements[element.index].textEnd)) + "</\(element.tag)>"
        document.goBack(to: element.documentMark)
        written.goBack(to: element.writtenMark)
        open.removeLast()
    }

    /// Declares a prefix in the start tag that is being written, unless it stands for that already.
    private mutating func use(_ prefix: String, _ namespace: String) {
        guard written.meanings[prefix, default: ""] != namespace, prefix != "xml" else { return }
        written.set(prefix, namespace)
        let name = prefix.isEmpty ? "xmlns" : "xmlns:\(prefix)"
        text += " \(name)=\"\(XMLText.escaped(namespace, isAttribute: true))\""
    }

    private static func qualified(_ name: XMLTable.Name) -> String {
        name.prefix.map { "\(string($0)):\(string(name.local))" } ?? string(name.local)
    }

    private static func string(_ text: UnsafePointer<xmlChar>?) -> String { text.map { String(cString: $0) } ?? "" }
}
