// Requests of any shape: however the bytes are cut, the lines are the same; a word holds no blank, and a reply made of the
// words is one clean line.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = UnsafeRawBufferPointer(start: start, count: count)
    let whole = pieces(bytes, chunk: max(1, count))
    let cut = pieces(bytes, chunk: Int(bytes.first ?? 0) % 7 + 1)
    precondition(whole == cut, "the lines depend on how they arrive")
    for fields in [4, 6] { for line in whole { check(line, fields: fields) } }
    return 0
}

private func pieces(_ bytes: UnsafeRawBufferPointer, chunk: Int) -> [[UInt8]] {
    var splitter = LineSplitter(limit: 100)
    var result: [[UInt8]] = []
    func note(_ piece: LineSplitter.Piece) {
        if case .line(let line) = piece { result.append(Array(line)) } else { result.append([0x21]) }
    }
    var rest = bytes[...]
    while !rest.isEmpty {
        splitter.take(UnsafeRawBufferPointer(rebasing: rest.prefix(chunk)), note)
        rest = rest.dropFirst(chunk)
    }
    splitter.end(note)
    return result
}

private func check(_ bytes: [UInt8], fields: Int) {
    let line = bytes.withUnsafeBytes { RequestLine($0, fields: fields) }
    precondition(!line.verb.utf8.contains(0x20))
    for index in 1..<fields - 1 {
        precondition(line[index]?.utf8.contains { $0 == 0x20 || $0 == 0x09 } != true, "a word holds a blank")
    }
    for text in [line.verb] + (1..<fields).compactMap({ line[$0] }) {
        let info = Info(text)
        precondition(!info.text.isEmpty && info.limited(to: 30).utf8.count <= 30)
        precondition(info.text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }, "a control character")
        precondition(Info(info.text) == info, "cleaning twice changes a text")
    }
}
