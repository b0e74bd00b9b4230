// Attribute files of any content: what is made of them is one line within its bounds, its quotes are even, and nothing but
// names, numbers and quoted texts is in it.

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let bytes = Array(UnsafeRawBufferPointer(start: start, count: count))
    guard let host = HostName("h.example.org"), let read = try? AttributeText(bytes, file: "file") else { return 0 }
    let room = 200 + Int(bytes.first ?? 0) * 60
    let answer = read.attributes.encoded(as: host, limits: .oldest, bytes: room, after: ToldAttributes())
    precondition(answer.line.utf8.count <= room, "the line is too long")
    precondition(answer.line.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }, "a control character")
    precondition(answer.line.utf8.filter { $0 == 0x22 }.count % 2 == 0, "an odd quote")
    precondition(Info(answer.line).text.utf8.filter { $0 == 0x22 }.count % 2 == 0, "cleaning breaks a quotation")
    return 0
}
