internal import CLibXML2

/// An element and all below it, written so that it stands by itself.
///
/// Each namespace is declared where it is used first; so is one that only a value names, that of `xsi:type`, from which
/// some containers learn how to read an element.
struct XMLCopy {
    private static let instance = "http://www.w3.org/2001/XMLSchema-instance"

    private let table: XMLTable
    private(set) var text = ""

    init(of element: Int, in table: XMLTable) {
        self.table = table
        write(element, [:])
    }

    /// `scope` is what the prefixes stand for in the text around.
    private mutating func write(_ index: Int, _ scope: [String: String]) {
        let element = table.elements[index]
        let tag = XMLCopy.qualified(element.name)
        var inner = scope
        var declarations = ""
        func use(_ prefix: String, _ namespace: String) {
            guard inner[prefix, default: ""] != namespace, prefix != "xml" else { return }
            inner[prefix] = namespace
            declarations += " xmlns\(prefix.isEmpty ? "" : ":")\(prefix)=\"\(XMLText.escaped(namespace))\""
        }
        use(XMLCopy.string(element.name.prefix), XMLCopy.string(element.name.namespace))
        var attributes = ""
        for attribute in table.attributes(of: index) {
            let value = table.value(of: attribute)
            let own = XMLCopy.string(attribute.name.namespace)
            if !own.isEmpty { use(XMLCopy.string(attribute.name.prefix), own) }
            if own == XMLCopy.instance, let colon = value.firstIndex(of: ":") {
                let prefix = String(value[..<colon])
                if let meant = namespace(of: prefix, at: index) { use(prefix, meant) }
            }
            attributes += " \(XMLCopy.qualified(attribute.name))=\"\(XMLText.escaped(value))\""
        }
        text += "<\(tag)\(declarations)\(attributes)>"
        var place = element.textStart
        var child = index + 1
        while child < element.end {
            let below = table.elements[child]
            text += XMLText.escaped(table.text(place, below.textStart))
            write(child, inner)
            place = below.textEnd
            child = Int(below.end)
        }
        text += XMLText.escaped(table.text(place, element.textEnd)) + "</\(tag)>"
    }

    /// What a prefix stands for in the document.
    private func namespace(of prefix: String, at index: Int) -> String? {
        var place = index
        while place >= 0 {
            if let found = table.declarations(of: place).first(where: { XMLCopy.string($0.prefix) == prefix }) {
                return XMLCopy.string(found.namespace)
            }
            place = Int(table.elements[place].parent)
        }
        return nil
    }

    private static func qualified(_ name: XMLTable.Name) -> String {
        name.prefix.map { "\(string($0)):\(string(name.local))" } ?? string(name.local)
    }

    private static func string(_ text: UnsafePointer<xmlChar>?) -> String { text.map { String(cString: $0) } ?? "" }
}
