internal import CLibXML2

/// An element of a document that was read. It keeps the document alive and copies nothing until asked.
public struct XMLElement: Sendable {
    private let document: XMLDocument
    private let index: Int

    /// Why a document cannot be read, with the line if one is to blame.
    public struct Unreadable: Error, Sendable, CustomStringConvertible {
        /// One line of text.
        public let description: String
    }

    /// Reads a document; gives its root.
    /// - Parameter limit: the most bytes.
    /// - Throws: ``Unreadable``: ill-formed, too large, too deep, or with a document type.
    public static func read(_ bytes: [UInt8], limit: Int = 64 << 20) throws(Unreadable) -> XMLElement {
        do throws(XMLDocument.Failure) {
            return XMLElement(document: try XMLDocument(bytes, limit: limit), index: 0)
        } catch {
            throw Unreadable(description: error.description)
        }
    }

    fileprivate init(document: XMLDocument, index: Int) {
        self.document = document
        self.index = index
    }

    private var table: XMLTable { document.table }
    private var own: XMLTable.Element { document.table.elements[index] }

    /// The name without prefix.
    public var local: String { String(cString: own.name.local) }
    /// The namespace; empty for none.
    public var namespace: String { own.name.namespace.map { String(cString: $0) } ?? "" }
    /// The whole name.
    public var name: XMLName { XMLName(namespace, local) }
    /// The line of the document that it begins on, counted from 1.
    public var line: Int { Int(own.line) }

    /// Whether the element has that local name, whatever its namespace. Makes no copy.
    public func isNamed(_ local: String) -> Bool { xmlStrEqual(own.name.local, local) != 0 }

    /// Whether the element has that name.
    public func isNamed(_ name: XMLName) -> Bool { isNamed(name.local) && namespace == name.namespace }

    /// All its text, that of its children included.
    public var text: String { table.text(own.textStart, own.textEnd) }

    /// All its text without blanks and line ends around it.
    public var trimmedText: String { text.trimmingBlanks }

    /// The attribute of that local name, in whatever namespace.
    public func attribute(_ local: String) -> String? {
        table.attributes(of: index).first { xmlStrEqual($0.name.local, local) != 0 }.map { table.value(of: $0) }
    }

    /// Whether it is there only to say that there is no value.
    public var isNil: Bool { attribute("nil").map { $0 == "true" || $0 == "1" } ?? false }

    /// The elements directly below it, in document order.
    public var children: XMLElements { XMLElements(document: document, index: index + 1, end: Int(own.end)) }

    /// The first child of that local name, in whatever namespace.
    public func child(_ local: String) -> XMLElement? { children.first { $0.isNamed(local) } }
    /// The first child of that name.
    public func child(_ name: XMLName) -> XMLElement? { children.first { $0.isNamed(name) } }

    /// The first element of that local name, itself or anywhere below, in document order.
    public func first(_ local: String) -> XMLElement? {
        (index..<Int(own.end)).lazy.map { XMLElement(document: document, index: $0) }.first { $0.isNamed(local) }
    }

    /// The element and all below it as text that stands by itself: with every namespace declared that it uses.
    public var standaloneText: String { XMLCopy(of: index, in: document.table).text }
}

/// The children of an element.
public struct XMLElements: Sequence, IteratorProtocol, Sendable {
    fileprivate let document: XMLDocument
    fileprivate var index: Int
    fileprivate let end: Int

    /// The next of them.
    public mutating func next() -> XMLElement? {
        guard index < end else { return nil }
        defer { index = Int(document.table.elements[index].end) }
        return XMLElement(document: document, index: index)
    }
}
