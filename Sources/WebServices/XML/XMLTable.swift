internal import CLibXML2

/// The elements of a document with their attributes and text, flat and in document order.
///
/// A tree of libxml2 takes an allocation for each element, each attribute and each value; here nothing has one of its own.
/// What is below an element stands right behind it, and so does its text.
struct XMLTable {
    /// A name as the document has it. The texts are the document's, each of them once.
    struct Name {
        let local: UnsafePointer<xmlChar>
        let prefix: UnsafePointer<xmlChar>?
        let namespace: UnsafePointer<xmlChar>?
    }

    /// An element.
    struct Element {
        let name: Name
        /// The element around it; -1 for the root.
        let parent: Int32
        let line: Int32
        /// Its first attribute, if it has any: the next element's are the first that are not its own.
        let attributes: Int32
        /// Likewise its first declaration of a namespace.
        let declarations: Int32
        let textStart: Int32
        /// The end of its text, that of the elements below included.
        fileprivate(set) var textEnd: Int32
        /// The first element that is not below it.
        fileprivate(set) var end: Int32
    }

    /// An attribute that is no declaration.
    struct Attribute {
        let name: Name
        fileprivate let start: Int32
        fileprivate let end: Int32
    }

    /// A prefix, `nil` for the default, and what it stands for; `nil` for no namespace.
    struct Declaration {
        let prefix: UnsafePointer<xmlChar>?
        let namespace: UnsafePointer<xmlChar>?
    }

    private(set) var elements: [Element] = []
    private(set) var attributes: [Attribute] = []
    private(set) var declarations: [Declaration] = []
    private var text: [UInt8] = []
    private var values: [UInt8] = []
    /// The element that is being read.
    private var open: Int32 = -1

    /// - Parameter bytes: the size of the document, from which room is made: growing by and by costs more than memory that
    ///   is not touched.
    init(bytes: Int) {
        elements.reserveCapacity(bytes / 80)
        attributes.reserveCapacity(bytes / 40)
        values.reserveCapacity(bytes / 8)
        text.reserveCapacity(bytes / 8)
    }

    // MARK: What an element has

    func attributes(of element: Int) -> ArraySlice<Attribute> {
        let end = element + 1 < elements.count ? Int(elements[element + 1].attributes) : attributes.count
        return attributes[Int(elements[element].attributes)..<end]
    }

    func declarations(of element: Int) -> ArraySlice<Declaration> {
        let end = element + 1 < elements.count ? Int(elements[element + 1].declarations) : declarations.count
        return declarations[Int(elements[element].declarations)..<end]
    }

    func value(of attribute: Attribute) -> String {
        String(decoding: values[Int(attribute.start)..<Int(attribute.end)], as: UTF8.self)
    }

    func text(_ start: Int32, _ end: Int32) -> String {
        String(decoding: text[Int(start)..<Int(end)], as: UTF8.self)
    }

    // MARK: While it is read

    mutating func begin(_ name: Name, line: Int) {
        elements.append(
            Element(
                name: name, parent: open, line: Int32(clamping: line), attributes: Int32(attributes.count),
                declarations: Int32(declarations.count), textStart: Int32(text.count), textEnd: 0, end: 0))
        open = Int32(elements.count - 1)
    }

    mutating func declare(_ prefix: UnsafePointer<xmlChar>?, _ namespace: UnsafePointer<xmlChar>?) {
        declarations.append(Declaration(prefix: prefix, namespace: namespace))
    }

    mutating func add(_ name: Name, _ value: UnsafeBufferPointer<xmlChar>) {
        let start = Int32(values.count)
        values.append(contentsOf: value)
        attributes.append(Attribute(name: name, start: start, end: Int32(values.count)))
    }

    mutating func add(_ characters: UnsafeBufferPointer<xmlChar>) {
        text.append(contentsOf: characters)
    }

    mutating func end() {
        guard open >= 0 else { return }
        elements[Int(open)].end = Int32(elements.count)
        elements[Int(open)].textEnd = Int32(text.count)
        open = elements[Int(open)].parent
    }
}
