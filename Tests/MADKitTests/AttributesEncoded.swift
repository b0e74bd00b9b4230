import Glibc
import TestSupport
import Testing

@testable import MADKit

/// Whatever goes into attributes, gwd can read what comes out.
@Suite("Attributes, encoded") struct AttributesEncoded {
    private let host = HostName("h.example.org")

    private func encode(
        _ attributes: HostAttributes, limits: GWDLimits = .oldest, bytes: Int = 16_000,
        after told: ToldAttributes = ToldAttributes()
    ) throws -> EncodedAttributes {
        let encoded = attributes.encoded(as: try #require(host), limits: limits, bytes: bytes, after: told)
        #expect(encoded.line.utf8.count <= bytes)
        #expect(Info(encoded.line).text == encoded.line)
        let heard = GWDAttributes(
            encoded.line, queues: limits.queues, queueText: limits == .modern ? 1_000 : 255)
        #expect(heard.complaints == [], "\(encoded.line)")
        return encoded
    }

    private func attributes(_ build: (inout HostAttributes) -> Void) -> HostAttributes {
        var attributes = HostAttributes()
        build(&attributes)
        return attributes
    }

    @Test func nothingKnownStillNamesTheHost() throws {
        #expect(try encode(HostAttributes()).line == "HOSTNAME=\"h.example.org\"")
    }

    @Test func hostThenGenericThenQueues() throws {
        let encoded = try encode(
            attributes {
                $0.set("QUEUE_ACCESS", at: 0, .text(":x:"))
                $0.set("QUEUE_NODECOUNT", at: 0, .integer(4))
                $0.set("QUEUE_NAME", at: 0, .text("q"))
                $0.set("SE_HOSTNAME", .text("se.example.org"))
                $0.set("ARCH", .text("x86_64"))
                $0.set("HOSTNAME", .text("other.example.org"))
            })
        #expect(
            encoded.line == "HOSTNAME=\"other.example.org\" ARCH=\"x86_64\" SE_HOSTNAME=\"se.example.org\" "
                + "QUEUE_NAME[0]=\"q\" QUEUE_NODECOUNT[0]=4 QUEUE_ACCESS[0]=\":x:\"")
        #expect(encoded.problems == [])
    }

    /// gwd would keep them under the number of a queue that it does not know.
    @Test func genericsOfAQueueWithoutAUsableNameAreLeftOut() throws {
        let good = try encode(
            attributes {
                $0.set("QUEUE_NAME", at: 0, .text("q"))
                $0.set("QUEUE_ACCESS", at: 0, .text(":x:"))
            })
        let encoded = try encode(
            attributes {
                $0.set("QUEUE_NAME", at: 0, .text("no name"))
                $0.set("QUEUE_ACCESS", at: 0, .text(":x:"))
            }, after: good.told)
        #expect(!encoded.line.contains(":x:"), "\(encoded.line)")
        #expect(encoded.line.contains("QUEUE_ACCESS[0]=\"\""), "\(encoded.line)")
        #expect(encoded.problems.last == "queue 0: has no usable name, left out")
    }

    @Test func laterValuesReplaceEarlierOnes() throws {
        let encoded = try encode(
            attributes {
                $0.set("ARCH", .text("a"))
                $0.set("MINE", .integer(1))
                $0.set("ARCH", .text("b"))
                $0.set("MINE", .integer(2))
            })
        #expect(encoded.line == "HOSTNAME=\"h.example.org\" ARCH=\"b\" MINE=2")
    }

    @Test(arguments: [
        ("2048", "2048"), ("2539.5", "2539"), ("-2539.9", "0"), ("+5", "5"), ("1e3", "1000"), ("98", "98"),
        ("99999999999", "2147483647"), ("99999999999999999999999", "2147483647"), ("1e999", "2147483647"),
        ("-7", "0"), ("4294967295", "2147483647"),
    ])
    func numbersAreTruncatedAndClamped(published: String, printed: String) throws {
        let encoded = try encode(attributes { $0.set("CPU_MHZ", .text(published)) })
        #expect(encoded.line == "HOSTNAME=\"h.example.org\" CPU_MHZ=\(printed)")
        #expect(encoded.problems.isEmpty == (published == printed || published == "+5" || published == "1e3"))
    }

    @Test(arguments: ["", "fast", "nan", "inf", "0x10", "12 GHz", "1.2.3", "e5", "-", "--1", "1e", "٣"])
    func whatIsNoNumberIsLeftOut(published: String) throws {
        let encoded = try encode(attributes { $0.set("SIZE_MEM_MB", .text(published)) })
        #expect(encoded.line == "HOSTNAME=\"h.example.org\"")
        #expect(encoded.problems.count == 1)
        #expect(encoded.problems.first?.hasPrefix("SIZE_MEM_MB: ") == true)
    }

    @Test func negativeLimitsOfQueuesPass() throws {
        let encoded = try encode(
            attributes {
                $0.set("QUEUE_NAME", at: 0, .text("q"))
                $0.set("QUEUE_MAXTIME", at: 0, .integer(-1))
                $0.set("QUEUE_NODECOUNT", at: 0, .integer(-1))
                $0.set("QUEUE_MAXCOUNT", at: 0, .text("999999999"))
            })
        #expect(encoded.line.hasSuffix("QUEUE_NODECOUNT[0]=0 QUEUE_MAXTIME[0]=-1 QUEUE_MAXCOUNT[0]=999999999"))
    }

    /// GridWay's shell drivers printed values with quotes, `$` and backquotes as they came, so that a hostile information
    /// server could set any attribute.
    @Test func bug16HostileValueCannotInjectAnAttribute() throws {
        let hostile = "x\" SE_HOSTNAME=\"evil.example.org\" QUEUE_NAME[0]=\"$(id)`id`\\"
        let encoded = try encode(
            attributes {
                $0.set("ARCH", .text(hostile))
                $0.set("MINE", .text(hostile + "\n\r\0\u{1b}\u{85}\u{2028}"))
            })
        let heard = GWDAttributes(encoded.line)
        #expect(heard.names == ["HOSTNAME", "ARCH", "MINE"])
        #expect(encoded.problems.count == 2)
    }

    @Test func textsAreCutOnACharacter() throws {
        let encoded = try encode(
            attributes {
                $0.set("CPU_MODEL", .text(String(repeating: "ä", count: 200)))
                $0.set("QUEUE_NAME", at: 0, .text("q"))
                $0.set("QUEUE_STATUS", at: 0, .text(String(repeating: "s", count: 80)))
                $0.set("QUEUE_DISPATCHTYPE", at: 0, .text(String(repeating: "d", count: 80)))
                $0.set("QUEUE_PRIORITY", at: 0, .text(String(repeating: "p", count: 80)))
            })
        let heard = GWDAttributes(encoded.line)
        #expect(heard.values["CPU_MODEL"] == .text(String(repeating: "ä", count: 127)))
        #expect(heard.values["QUEUE_STATUS[0]"] == .text(String(repeating: "s", count: 15)))
        #expect(heard.values["QUEUE_DISPATCHTYPE[0]"] == .text(String(repeating: "d", count: 17)))
        #expect(heard.values["QUEUE_PRIORITY[0]"] == .text(String(repeating: "p", count: 13)))
        #expect(encoded.problems.count == 4)
    }

    /// Lists of who may use a queue are kept whole by the later gwd; how much the oldest holds is not known.
    @Test func genericTextsOfQueuesAreAsLongAsTheReleaseTakes() throws {
        let list = String(repeating: ":cms:", count: 400)
        for (limits, bytes) in [(GWDLimits.oldest, 255), (.modern, 1_000)] {
            let encoded = try encode(
                attributes {
                    $0.set("QUEUE_NAME", at: 0, .text("q"))
                    $0.set("QUEUE_ACCESS", at: 0, .text(list))
                    $0.set("MINE", .text(list))
                }, limits: limits)
            let heard = GWDAttributes(encoded.line, queueText: bytes)
            #expect(heard.values["QUEUE_ACCESS[0]"] == .text(String(list.prefix(bytes))))
            #expect(heard.values["MINE"] == .text(String(list.prefix(255))))
        }
    }

    @Test(arguments: ["jobmanager pbs", "host:pbs", "jobmanager-with-a-long-name"])
    func namesThatGwdCannotPassOnAreLeftOut(name: String) throws {
        let encoded = try encode(
            attributes {
                $0.set("LRMS_NAME", .text(name))
                $0.set("FORK_NAME", .text(name))
                $0.set("QUEUE_NAME", at: 0, .text(name))
                $0.set("QUEUE_NODECOUNT", at: 0, .integer(4))
                $0.set("QUEUE_NAME", at: 1, .text("good"))
            })
        #expect(encoded.line == "HOSTNAME=\"h.example.org\" QUEUE_NAME[1]=\"good\"")
        #expect(encoded.problems.count == 4)
    }

    @Test(arguments: ["A.B", "OS-NAME", "1ST", "_X", "", "A B", "Ä", "X=\"1\" Y", "X\nMONITOR 1 SUCCESS"])
    func namesThatGwdCannotReadAreLeftOut(name: String) throws {
        let encoded = try encode(attributes { $0.set(name, .integer(1)) })
        #expect(encoded.line == "HOSTNAME=\"h.example.org\"")
        #expect(encoded.problems.count == 1)
    }

    /// gwd writes outside of its table for a queue attribute without index.
    @Test func bug6QueueAttributesAlwaysHaveAnIndex() throws {
        let encoded = try encode(
            attributes {
                $0.set("QUEUE_NAME", .text("q"))
                $0.set("QUEUE_NODECOUNT", .integer(4))
                $0.set("QUEUE_MAXTIME", at: -1, .integer(4))
                $0.set("MINE", at: -1, .integer(4))
                $0.set("ARCH", at: 2, .text("x"))
            })
        #expect(encoded.line == "HOSTNAME=\"h.example.org\" QUEUE_NAME[0]=\"q\" QUEUE_NODECOUNT[0]=4")
        #expect(encoded.problems.count == 5)
    }

    /// gwd writes past its tables of generic attributes, which keep every name ever heard.
    @Test func bug6GenericAttributesStayWithinTheTables() throws {
        let first = try encode(
            attributes {
                for number in 0..<30 { $0.set("TEXT\(number)", .text("t")) }
                for number in 0..<30 { $0.set("NUMBER", at: number, .integer(number)) }
            })
        let heard = GWDAttributes(first.line)
        #expect(heard.genericTexts.count == 20)
        #expect(heard.genericIntegers.count == 20)
        // All of them in one report, not one for each.
        #expect(
            first.problems == [
                "TEXT20 to NUMBER[29] (20 in all): gwd keeps 20 generic attributes of a kind, left out"
            ])

        let second = try encode(attributes { $0.set("ANOTHER", .text("t")) }, after: first.told)
        #expect(!second.line.contains("ANOTHER"))
        #expect(second.problems.count == 1)
    }

    @Test func queuesBeyondTheTableAreLeftOut() throws {
        let encoded = try encode(
            attributes {
                for number in 0..<400 { $0.set("QUEUE_NAME", at: number, .text("q\(number)")) }
                $0.set("QUEUE_NAME", at: .max, .text("far"))
            })
        let heard = GWDAttributes(encoded.line)
        #expect(heard.names.last == "QUEUE_NAME[66]")
        #expect(encoded.told.queues == 67)
        #expect(encoded.problems.count == 1)
    }

    @Test func whatIsGoneIsCleared() throws {
        let first = try encode(
            attributes {
                $0.set("ARCH", .text("x86_64"))
                $0.set("CPU_MHZ", .integer(5))
                $0.set("SE_HOSTNAME", .text("se"))
                $0.set("BANDWIDTH", .integer(7))
                for number in 0..<3 { $0.set("QUEUE_NAME", at: number, .text("q\(number)")) }
                $0.set("QUEUE_ACCESS", at: 2, .text(":x:"))
            })
        let second = try encode(attributes { $0.set("QUEUE_NAME", at: 0, .text("q0")) }, after: first.told)
        #expect(
            second.line
                == "HOSTNAME=\"h.example.org\" ARCH=\"\" CPU_MHZ=0 SE_HOSTNAME=\"\" QUEUE_ACCESS[2]=\"\" BANDWIDTH=0 "
                + "QUEUE_NAME[0]=\"q0\" QUEUE_NAME[1]=\"\" QUEUE_NODECOUNT[1]=0 QUEUE_NAME[2]=\"\" QUEUE_NODECOUNT[2]=0"
        )
    }

    @Test func emptyQueueNameRemovesTheQueue() throws {
        let first = try encode(attributes { $0.set("QUEUE_NAME", at: 0, .text("q")) })
        let second = try encode(attributes { $0.set("QUEUE_NAME", at: 0, .text("")) }, after: first.told)
        #expect(second.line.hasSuffix("QUEUE_NAME[0]=\"\" QUEUE_NODECOUNT[0]=0"))
        #expect(second.problems == [])
    }

    @Test func wholeQueuesAreLeftOutWhenTheLineIsFull() throws {
        let many = attributes {
            for number in 0..<67 {
                $0.set("QUEUE_NAME", at: number, .text("queue\(number)"))
                $0.set("QUEUE_STATUS", at: number, .text("enabled"))
                $0.set("QUEUE_NODECOUNT", at: number, .integer(number))
            }
            $0.set("SE_HOSTNAME", .text("se"))
        }
        let all = try encode(many)
        #expect(all.told.queues == 67)
        let some = try encode(many, bytes: 1_000)
        let heard = GWDAttributes(some.line)
        #expect(heard.names.contains("SE_HOSTNAME"))
        #expect(heard.names.last?.hasPrefix("QUEUE_STATUS") == true)
        #expect(some.problems.count == 1)
        // Queues that gwd knows and that no longer fit must not keep their old values.
        let shrunk = try encode(many, bytes: 4_000, after: all.told)
        #expect(GWDAttributes(shrunk.line).values["QUEUE_NAME[66]"] == .nothing)
        for bytes in [200, 300, 5_000] { _ = try encode(many, bytes: bytes, after: all.told) }
    }

    @Test func manyQueuesTakeLinearTime() throws {
        // Of the processor, on this thread: other work does not count.
        func now() -> Int {
            var time = timespec()
            clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
            return time.tv_sec * 1_000_000_000 + time.tv_nsec
        }
        func cost(_ queues: Int) throws -> Int {
            let limits = GWDLimits(
                infoBytes: 480, lineBytes: 1 << 20, queues: queues, genericStrings: 20, genericIntegers: 20)
            let many = attributes {
                for queue in 0..<queues {
                    for keyword in AttributeKeyword.ofQueue { $0.set(keyword.name, at: queue, .integer(queue)) }
                }
            }
            return try (0..<3).map { _ in
                let start = now()
                _ = try encode(many, limits: limits, bytes: 1 << 22)
                return now() - start
            }.min() ?? 0
        }
        #expect(try cost(4_000) < cost(400) * 40)
    }

    /// Random attributes of every kind of nastiness, judged by gwd's own rules in `encode`.
    @Test func anythingAtAllComesOutReadable() throws {
        var generator = SeededGenerator(seed: 16)
        let names =
            AttributeKeyword.allCases.map(\.name) + ["SE_HOSTNAME", "QUEUE_ACCESS", "a", "A.B", "", "x=1", "\"", "é"]
        let pieces = [
            "a", " ", "\"", "\\", "\n", "\0", "=", "[1]", "1", "-", ".5", "ü", "\u{FFFD}", ":", "\r", "\t", "HOSTNAME=",
        ]
        for _ in 0..<2_000 {
            var told = ToldAttributes()
            for _ in 0..<2 {
                let random = attributes {
                    for _ in 0..<Int.random(in: 0...40, using: &generator) {
                        let index = Bool.random(using: &generator) ? nil : Int.random(in: -2...80, using: &generator)
                        let text = (0..<Int.random(in: 0...60, using: &generator))
                            .map { _ in pieces.randomElement(using: &generator) ?? "" }.joined()
                        let value: HostAttributes.Value =
                            Bool.random(using: &generator)
                            ? .text(text) : .integer(Int.random(in: .min ... .max, using: &generator))
                        $0.set(names.randomElement(using: &generator) ?? "A", at: index, value)
                    }
                }
                let encoded = try encode(random, bytes: Int.random(in: 200...3_000, using: &generator), after: told)
                let heard = GWDAttributes(encoded.line)
                #expect(heard.genericTexts.count <= 40 && heard.genericIntegers.count <= 20)
                told = encoded.told
                #expect(told.texts.count <= 20 && told.integers.count <= 20)
            }
        }
    }
}

/// The same numbers in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
