internal import CLibXML2
import Glibc

/// An element of a document that was read. It keeps the document alive and copies nothing until asked.
public struct XMLElement: Sendable {
    private let document: XMLDocument
    // Sendable like its document, which it belongs to.
    private nonisolated(unsafe) let node: xmlNodePtr

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
            let document = try XMLDocument(bytes, limit: limit)
            return XMLElement(document: document, node: document.root)
        } catch {
            throw Unreadable(description: error.description)
        }
    }

    private init(document: XMLDocument, node: xmlNodePtr) {
        self.document = document
        self.node = node
    }

    /// The name without prefix.
    public var local: String { node.pointee.name.map { String(cString: $0) } ?? "" }
    /// The namespace; empty for none.
    public var namespace: String { node.pointee.ns?.pointee.href.map { String(cString: $0) } ?? "" }
    /// The whole name.
    public var name: XMLName { XMLName(namespace, local) }
    /// The line of the document that it begins on, counted from 1.
    public var line: Int { xmlGetLineNo(node) }

    /// Whether the element has that local name, whatever its namespace. Makes no copy.
    public func isNamed(_ local: String) -> Bool { xmlStrEqual(node.pointee.name, local) != 0 }

    /// Whether the element has that name.
    public func isNamed(_ name: XMLName) -> Bool { isNamed(name.local) && namespace == name.namespace }

    /// All its text, that of its children included.
    public var text: String {
        // Nearly always there is one child, and it is text.
        if let only = node.pointee.children, only.pointee.next == nil, only.pointee.type == XML_TEXT_NODE,
            let content = only.pointee.content
        {
            return String(cString: content)
        }
        guard let content = xmlNodeGetContent(node) else { return "" }
        defer { mad_xml_free(content) }
        return String(cString: content)
    }

    /// All its text without blanks and line ends around it.
    public var trimmedText: String { text.trimmingBlanks }

    /// The attribute of that local name, in whatever namespace.
    public func attribute(_ local: String) -> String? {
        var next = node.pointee.properties
        while let attribute = next {
            if xmlStrEqual(attribute.pointee.name, local) != 0 {
                guard let text = xmlNodeListGetString(node.pointee.doc, attribute.pointee.children, 1) else {
                    return ""
                }
                defer { mad_xml_free(text) }
                return String(cString: text)
            }
            next = attribute.pointee.next
        }
        return nil
    }

    /// Whether it is there only to say that there is no value.
    public var isNil: Bool { attribute("nil").map { $0 == "true" || $0 == "1" } ?? false }

    /// The elements directly below it, in document order.
    public var children: XMLElements {
        XMLElements(pending: node.pointee.children.flatMap { XMLElement.element(from: $0, document) })
    }

    /// The first child of that local name, in whatever namespace.
    public func child(_ local: String) -> XMLElement? { children.first { $0.isNamed(local) } }
    /// The first child of that name.
    public func child(_ name: XMLName) -> XMLElement? { children.first { $0.isNamed(name) } }

    /// The first element of that local name, itself or anywhere below, in document order.
    public func first(_ local: String) -> XMLElement? {
        if isNamed(local) { return self }
        for child in children {
            if let found = child.first(local) { return found }
        }
        return nil
    }

    /// The namespace that a prefix stands for here.
    public func namespace(ofPrefix prefix: String) -> String? {
        xmlSearchNs(node.pointee.doc, node, prefix.isEmpty ? nil : prefix)?.pointee.href.map { String(cString: $0) }
    }

    /// The element and all below it as text that stands by itself: with every namespace declared that it uses.
    public var standaloneText: String {
        guard let tree = xmlNewDoc("1.0") else { return "" }
        defer { xmlFreeDoc(tree) }
        guard let copy = xmlDocCopyNode(node, tree, 1) else { return "" }
        xmlDocSetRootElement(tree, copy)
        xmlReconciliateNs(tree, copy)
        guard let buffer = xmlBufferCreate() else { return "" }
        defer { xmlBufferFree(buffer) }
        guard xmlNodeDump(buffer, tree, copy, 0, 0) >= 0, let text = xmlBufferContent(buffer) else { return "" }
        return String(cString: text)
    }

    /// The next element beside it.
    fileprivate var sibling: XMLElement? {
        node.pointee.next.flatMap { XMLElement.element(from: $0, document) }
    }

    /// `node`, or the first element beside it.
    private static func element(from node: xmlNodePtr, _ document: XMLDocument) -> XMLElement? {
        var next: xmlNodePtr? = node
        while let node = next {
            if node.pointee.type == XML_ELEMENT_NODE { return XMLElement(document: document, node: node) }
            next = node.pointee.next
        }
        return nil
    }
}

/// The children of an element.
public struct XMLElements: Sequence, IteratorProtocol, Sendable {
    fileprivate var pending: XMLElement?

    /// The next of them.
    public mutating func next() -> XMLElement? {
        defer { pending = pending?.sibling }
        return pending
    }
}
