internal import CLibXML2

/// Takes down what libxml2 finds in a document.
final class XMLReading {
    private let context: xmlParserCtxtPtr
    private(set) var table: XMLTable
    /// A document type is where entity bombs and external entities live; SOAP forbids it anyway.
    private(set) var hasDocumentType = false

    /// Has a parser tell a new reading, which must live as long as the parser, and nobody else.
    /// - Parameter bytes: the size of the document.
    init(_ context: xmlParserCtxtPtr, bytes: Int) {
        self.context = context
        table = XMLTable(bytes: bytes)
        context.pointee.sax.pointee = XMLReading.handlers
        context.pointee.userData = Unmanaged.passUnretained(self).toOpaque()
    }

    private static func reading(_ context: UnsafeMutableRawPointer?) -> XMLReading? {
        context.map { Unmanaged<XMLReading>.fromOpaque($0).takeUnretainedValue() }
    }

    private static var handlers: xmlSAXHandler {
        var handlers = xmlSAXHandler()
        handlers.initialized = UInt32(XML_SAX2_MAGIC)
        handlers.internalSubset = { own, _, _, _ in
            guard let reading = XMLReading.reading(own) else { return }
            reading.hasDocumentType = true
            xmlStopParser(reading.context)
        }
        handlers.startElementNs = {
            own, local, prefix, namespace, declarationCount, declarations, attributeCount, _, attributes in
            guard let reading = XMLReading.reading(own), let local else { return }
            reading.begin(local, prefix, namespace)
            for index in 0..<Int(declarationCount) {
                reading.table.declare(declarations?[2 * index], declarations?[2 * index + 1])
            }
            for index in 0..<Int(attributeCount) { reading.add(attributes.map { $0 + 5 * index }) }
        }
        handlers.endElementNs = { own, _, _, _ in XMLReading.reading(own)?.table.end() }
        let characters: charactersSAXFunc = { own, text, count in
            XMLReading.reading(own)?.table.add(UnsafeBufferPointer(start: text, count: Int(count)))
        }
        handlers.characters = characters
        handlers.ignorableWhitespace = characters
        handlers.cdataBlock = characters
        return handlers
    }

    private func begin(
        _ local: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?, _ namespace: UnsafePointer<xmlChar>?
    ) {
        table.begin(name(local, prefix, namespace), line: Int(context.pointee.input?.pointee.line ?? 0))
    }

    /// An attribute: local name, prefix, namespace, and both ends of its value.
    private func add(_ attribute: UnsafeMutablePointer<UnsafePointer<xmlChar>?>?) {
        guard let attribute, let local = attribute[0], let start = attribute[3], let end = attribute[4] else { return }
        table.add(name(local, attribute[1], attribute[2]), UnsafeBufferPointer(start: start, count: end - start))
    }

    /// A prefix that stands for nothing is part of the name.
    private func name(
        _ local: UnsafePointer<xmlChar>, _ prefix: UnsafePointer<xmlChar>?, _ namespace: UnsafePointer<xmlChar>?
    ) -> XMLTable.Name {
        guard prefix != nil, namespace == nil, let whole = xmlDictQLookup(context.pointee.dict, prefix, local) else {
            return XMLTable.Name(local: local, prefix: prefix, namespace: namespace)
        }
        return XMLTable.Name(local: whole, prefix: nil, namespace: nil)
    }
}
