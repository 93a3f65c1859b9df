import HTTPWire
import Testing

/// What is lawful and too much if it is often. The limits are those of `HTTP2Row.limits`: 4 resets, 4 faults of streams and
/// 6 idle frames in 1,000 ms, 2 frames of CONTINUATION, 100 octets of answers.
@Suite struct HTTP2LimitTests {
    private static let calm = "failed ENHANCE_YOUR_CALM"

    static let resets: [HTTP2Row] = [
        .server("as many as may be", resets(4), resetEvents(4)),
        .server("more", resets(5) + " | GET 11", resetEvents(4) + " | head 9 | \(calm)", "GOAWAY 9 ENHANCE_YOUR_CALM"),
        .server("in two periods", resets(4) + " | !time 1000 | POST 9 | RESET 9 u32:8", resetEvents(5)),
        .server(
            "in one period",
            "\(resets(4)) | !time 999 | POST 9 | RESET 9 u32:8",
            resetEvents(4) + " | head 9 | \(calm)",
            "GOAWAY 9 ENHANCE_YOUR_CALM"
        ),
        .server(
            "of requests that are whole",
            repeated(5) { "GET \($0) | RESET \($0) u32:8" },
            repeated(4) { "head+end \($0) | reset \($0) CANCEL" } + " | head+end 9 | \(calm)",
            "GOAWAY 9 ENHANCE_YOUR_CALM"
        ),
        .server(
            "those of ours do not count",
            repeated(5) { "POST \($0) | !reset \($0) 8" },
            repeated(5) { "head \($0)" },
            repeated(5) { "RESET \($0) CANCEL" }
        ),
        .client(
            "those of a server do not count",
            repeated(5) { "!ask | RESET \($0) u32:8" },
            repeated(5) { "reset \($0) CANCEL" },
            repeated(5) { "HEADERS+fields \($0)" }
        ),
    ]

    static let faults: [HTTP2Row] = [
        .server(
            "as many as may be",
            repeated(4) { "GET \($0) | WINDOW \($0) u32:0" },
            repeated(4) { "head+end \($0) | reset \($0) PROTOCOL_ERROR" },
            repeated(4) { "RESET \($0) PROTOCOL_ERROR" }
        ),
        .server(
            "more",
            repeated(5) { "GET \($0) | DATA \($0) \"a\"" },
            repeated(4) { "head+end \($0) | reset \($0) STREAM_CLOSED" } + " | head+end 9 | \(calm)",
            repeated(4) { "RESET \($0) STREAM_CLOSED" } + " | GOAWAY 9 ENHANCE_YOUR_CALM"
        ),
        // MadeYouReset (CVE-2025-8671): the ways to have a server reset a stream whose request is under way.
        .server(
            "a window of nothing",
            repeated(5) { "GET \($0) | WINDOW \($0) u32:0" },
            repeated(4) { "head+end \($0) | reset \($0) PROTOCOL_ERROR" } + " | head+end 9 | \(calm)",
            repeated(4) { "RESET \($0) PROTOCOL_ERROR" } + " | GOAWAY 9 ENHANCE_YOUR_CALM"
        ),
        .server(
            "a window that is too large",
            repeated(5) { "GET \($0) | WINDOW \($0) u32:2147483647" },
            repeated(4) { "head+end \($0) | reset \($0) FLOW_CONTROL_ERROR" } + " | head+end 9 | \(calm)",
            repeated(4) { "RESET \($0) FLOW_CONTROL_ERROR" } + " | GOAWAY 9 ENHANCE_YOUR_CALM"
        ),
        .server(
            "HEADERS behind the end",
            repeated(5) { "GET \($0) | TRAILERS \($0)" },
            repeated(4) { "head+end \($0) | reset \($0) STREAM_CLOSED" } + " | head+end 9 | \(calm)",
            repeated(4) { "RESET \($0) STREAM_CLOSED" } + " | GOAWAY 9 ENHANCE_YOUR_CALM"
        ),
        .server(
            "PRIORITY of another length",
            repeated(5) { "GET \($0) | PRIORITY \($0) u32:0" },
            repeated(4) { "head+end \($0) | reset \($0) FRAME_SIZE_ERROR" } + " | head+end 9 | \(calm)",
            repeated(4) { "RESET \($0) FRAME_SIZE_ERROR" } + " | GOAWAY 9 ENHANCE_YOUR_CALM"
        ),
        .server(
            "PRIORITY of a stream on itself",
            repeated(5) { "GET \($0) | PRIORITY \($0) u32:\($0) 00" },
            repeated(4) { "head+end \($0) | reset \($0) PROTOCOL_ERROR" } + " | head+end 9 | \(calm)",
            repeated(4) { "RESET \($0) PROTOCOL_ERROR" } + " | GOAWAY 9 ENHANCE_YOUR_CALM"
        ),
        .server(
            "DATA above the stream's window",
            repeated(5) { "POST \($0) | DATA \($0) x*1001" },
            repeated(4) { "head \($0) | reset \($0) FLOW_CONTROL_ERROR" } + " | head 9 | \(calm)",
            repeated(4) { "RESET \($0) FLOW_CONTROL_ERROR" } + " | GOAWAY 9 ENHANCE_YOUR_CALM"
        ),
        .server(
            "streams above the limit",
            "POST 1 | POST 3 | POST 5 | GET 7 | GET 9 | GET 11 | GET 13 | GET 15",
            "head 1 | head 3 | head 5 | \(calm)",
            "RESET 7 REFUSED_STREAM | RESET 9 REFUSED_STREAM | RESET 11 REFUSED_STREAM | RESET 13 REFUSED_STREAM | GOAWAY 15 ENHANCE_YOUR_CALM"
        ),
        .server(
            "streams that we find fault with",
            repeated(5) { "GET \($0) | !reset \($0) 1" } + " | GET 11",
            repeated(5) { "head+end \($0)" } + " | \(calm)",
            repeated(5) { "RESET \($0) PROTOCOL_ERROR" } + " | GOAWAY 9 ENHANCE_YOUR_CALM"
        ),
        .server(
            "in two periods",
            repeated(4) { "GET \($0) | WINDOW \($0) u32:0" } + " | !time 1000 | GET 9 | WINDOW 9 u32:0",
            repeated(5) { "head+end \($0) | reset \($0) PROTOCOL_ERROR" },
            repeated(5) { "RESET \($0) PROTOCOL_ERROR" }
        ),
    ]

    static let idle: [HTTP2Row] = [
        .server("empty DATA", "POST 1 | \(times(7, "DATA 1"))", "head 1", fails: .enhanceYourCalm, last: 1),
        .server("as much empty DATA as may be", "POST 1 | \(times(6, "DATA 1")) | DATA 1 \"a\"", "head 1 | data 1 a"),
        .server(
            "DATA with nothing but padding",
            "POST 1 | \(times(7, "DATA+padded 1 u8:2 0000"))",
            "head 1",
            fails: .enhanceYourCalm,
            last: 1
        ),
        .server(
            "SETTINGS",
            times(7, "SETTINGS 0 | !drain"),
            calm,
            "SETTINGS+ack | SETTINGS+ack | SETTINGS+ack | SETTINGS+ack | SETTINGS+ack | SETTINGS+ack | GOAWAY 0 ENHANCE_YOUR_CALM"
        ),
        .server("acknowledgements", times(7, "SETTINGS+ack 0"), fails: .enhanceYourCalm),
        .server("answers to no PING", times(7, "PING+ack 0 \"12345678\""), fails: .enhanceYourCalm),
        .server("PRIORITY", times(7, "PRIORITY 9 u32:0 00"), fails: .enhanceYourCalm),
        .server("GOAWAY", times(7, "GOAWAY 0 u32:0 u32:0"), times(6, "away 0 NO_ERROR"), fails: .enhanceYourCalm),
        .server("unknown frames", times(7, "X 0"), fails: .enhanceYourCalm),
        .server(
            "a mix",
            "X 0 | SETTINGS+ack 0 | PRIORITY 9 u32:0 00 | \(times(4, "WINDOW 0 u32:1"))",
            fails: .enhanceYourCalm
        ),
        .server("in two periods", "\(times(6, "X 0")) | !time 1000 | \(times(6, "X 0")) | GET 1", "head+end 1"),
        .server("WINDOW_UPDATE", times(7, "WINDOW 0 u32:1"), fails: .enhanceYourCalm),
        .server(
            "WINDOW_UPDATE of a stream",
            "GET 1 | \(times(7, "WINDOW 1 u32:1"))",
            "head+end 1",
            fails: .enhanceYourCalm,
            last: 1
        ),
        .server(
            "WINDOW_UPDATE for what was sent",
            "GET 1 | !ok 1 | !send 1 4096 | \(times(12, "WINDOW 0 u32:1")) | GET 3",
            "head+end 1 | head+end 3",
            "HEADERS+fields 1 | DATA 1 4096"
        ),
        .server(
            "more WINDOW_UPDATE than for what was sent",
            "GET 1 | !ok 1 | !send 1 4096 | \(times(13, "WINDOW 0 u32:1")) | GET 3",
            "head+end 1 | \(calm)",
            "HEADERS+fields 1 | DATA 1 4096 | GOAWAY 1 ENHANCE_YOUR_CALM"
        ),
    ]

    /// What may have been on its way when a stream was reset is no fault: the stream's window is 1,000 octets.
    static let late: [HTTP2Row] = [
        .server(
            "DATA",
            "POST 1 | !reset 1 8 | \(times(1_000, "DATA 1 \"a\"")) | GET 3",
            "head 1 | head+end 3",
            "RESET 1 CANCEL"
        ),
        .server(
            "more DATA",
            "POST 1 | !reset 1 8 | DATA 1 x*1000 | \(times(7, "DATA 1 \"a\""))",
            "head 1 | \(calm)",
            "RESET 1 CANCEL | GOAWAY 1 ENHANCE_YOUR_CALM"
        ),
        .server(
            "DATA of what was left of the window",
            "POST 1 | DATA 1 x*993 | !reset 1 8 | \(times(14, "DATA 1 \"a\""))",
            "head 1 | data 1 993 | \(calm)",
            "RESET 1 CANCEL | GOAWAY 1 ENHANCE_YOUR_CALM"
        ),
        .server(
            "DATA behind the end",
            "POST 1 | DATA+end 1 | !reset 1 8 | \(times(7, "DATA 1 \"a\""))",
            "head 1 | data+end 1 | \(calm)",
            "RESET 1 CANCEL | GOAWAY 1 ENHANCE_YOUR_CALM"
        ),
        .server(
            "DATA of a request that is refused",
            "POST 1 | POST 3 | POST 5 | POST 7 | \(times(1_000, "DATA 7 \"a\"")) | \(times(6, "X 0"))",
            "head 1 | head 3 | head 5",
            "RESET 7 REFUSED_STREAM"
        ),
        .server(
            "DATA of a request that comes after the last one",
            "!away+final | POST 1 | \(times(1_000, "DATA 1 \"a\"")) | \(times(5, "X 0"))",
            "",
            "GOAWAY 0 NO_ERROR"
        ),
        .server(
            "DATA of a bodiless request that is refused",
            "POST 1 | POST 3 | POST 5 | GET 7 | \(times(7, "DATA 7 \"a\""))",
            "head 1 | head 3 | head 5 | \(calm)",
            "RESET 7 REFUSED_STREAM | GOAWAY 7 ENHANCE_YOUR_CALM"
        ),
        .client(
            "DATA of a response",
            "!ask+end | OK 1 | DATA 1 x*500 | !reset 1 8 | \(times(500, "DATA 1 \"a\"")) | \(times(6, "X 0"))",
            "head 1 | data 1 500",
            "HEADERS+end+fields 1 | RESET 1 CANCEL"
        ),
        .client(
            "more DATA of a response",
            "!ask+end | OK 1 | !reset 1 8 | DATA 1 x*1000 | \(times(7, "DATA 1 \"a\""))",
            "head 1 | \(calm)",
            "HEADERS+end+fields 1 | RESET 1 CANCEL | GOAWAY 0 ENHANCE_YOUR_CALM"
        ),
        .client(
            "what else a response has",
            "!ask+end | !reset 1 8 | EARLY 1 | OK 1 | TRAILERS 1 | RESET 1 u32:8 | \(times(6, "X 0"))",
            "",
            "HEADERS+end+fields 1 | RESET 1 CANCEL"
        ),
        .client(
            "more than a response has",
            "!ask+end | !reset 1 8 | EARLY 1 | OK 1 | DATA+end 1 | RESET 1 u32:8 | \(times(7, "RESET 1 u32:8"))",
            calm,
            "HEADERS+end+fields 1 | RESET 1 CANCEL | GOAWAY 0 ENHANCE_YOUR_CALM"
        ),
    ]

    static let blocks: [HTTP2Row] = [
        .server("as many as may be", "HEADERS+end 1 | CONTINUATION 1 | CONTINUATION+fields 1 get", "head+end 1"),
        .server(
            "more",
            "HEADERS+end 1 | CONTINUATION 1 | CONTINUATION 1 | CONTINUATION+fields 1 get",
            fails: .enhanceYourCalm
        ),
        .server("as long as may be", "HEADERS+end 1 x*512 | CONTINUATION 1 x*512", ""),
        .server("longer", "HEADERS+end 1 x*512 | CONTINUATION 1 x*513", fails: .enhanceYourCalm),
    ]

    static let answers: [HTTP2Row] = [
        .server("as many as may be", times(5, "PING 0 \"12345678\""), "", times(5, "PING+ack 12345678")),
        .server(
            "more",
            times(6, "PING 0 \"12345678\""),
            calm,
            times(6, "PING+ack 12345678") + " | GOAWAY 0 ENHANCE_YOUR_CALM"
        ),
        .server("that are read", times(30, "PING 0 \"12345678\" | !drain"), "", times(30, "PING+ack 12345678")),
        .server(
            "what else waits does not count",
            "GET 1 | !ok 1 | !send 1 9000 | \(times(5, "PING 0 \"12345678\""))",
            "head+end 1",
            "HEADERS+fields 1 | DATA 1 9000 | " + times(5, "PING+ack 12345678")
        ),
    ]

    private static func repeated(_ count: Int, _ step: (Int) -> String) -> String {
        (0..<count).map { step($0 * 2 + 1) }.joined(separator: " | ")
    }

    private static func times(_ count: Int, _ step: String) -> String { repeated(count) { _ in step } }

    private static func resets(_ count: Int) -> String { repeated(count) { "POST \($0) | RESET \($0) u32:8" } }

    private static func resetEvents(_ count: Int) -> String { repeated(count) { "head \($0) | reset \($0) CANCEL" } }

    @Test(arguments: resets)
    func `a peer that resets many streams is left`(row: HTTP2Row) { row.check() }

    @Test(arguments: faults)
    func `a peer many of whose streams have to be reset is left`(row: HTTP2Row) { row.check() }

    @Test(arguments: idle)
    func `a peer that sends many frames for nothing is left`(row: HTTP2Row) { row.check() }

    @Test(arguments: late)
    func `a peer is not blamed for what was on its way`(row: HTTP2Row) { row.check() }

    @Test(arguments: blocks)
    func `a field block is bounded`(row: HTTP2Row) { row.check() }

    @Test(arguments: answers)
    func `a peer that reads no answers is left`(row: HTTP2Row) { row.check() }

    @Test func `answers that leave slowly behind a body do not add up`() {
        var connection = HTTP2Connection(.server, HTTP2Row.limits)
        var octets = [
            "preface", "SETTINGS 0", "SETTINGS+ack 0", "GET 1", "WINDOW 1 u32:1000000", "WINDOW 0 u32:1000000",
        ]
        .flatMap(HTTP2Frame.octets)
        let ping = HTTP2Frame.octets("PING 0 \"12345678\"")
        let body = [UInt8](repeating: 0, count: 600)
        for round in 0..<200 {
            var offset = 0
            while true {
                let event = connection.next(octets.span, from: &offset, now: 0)
                if event == .needsMore { break }
                guard event == .head(1, isEnd: true) else {
                    Issue.record("round \(round): \(event)")
                    return
                }
                connection.sendFields(on: 1, isEnd: false) { $0.append(status: 200, to: &$1) }
            }
            #expect(connection.sendData(body.span, on: 1, isEnd: false) == body.count)
            // It never becomes empty.
            connection.output.removeFirst(max(connection.output.count - 700, 0))
            octets = ping
        }
    }
}
