import PodNetwork
import Testing

struct JSONTests {
    @Test(arguments: [
        (#"{"b":1,"a":[true,false,null,"x"],"c":{}}"#, #"{"b":1,"a":[true,false,null,"x"],"c":{}}"#),
        (" [ 1 , -0.5e+3 , 0 ] \n", "[1,-0.5e+3,0]"),
        (#""\u00e9\ud83d\ude00\n\/\\""#, #""é😀\n/\\""#),
        (#""\u0001\u007f""#, #""\u0001\u007f""#),
        ("[]", "[]"),
    ])
    func `a document comes out as it went in`(text: String, written: String) throws {
        #expect(try JSONValue(parsing: Array(text.utf8)).text == written)
    }

    @Test(arguments: [
        ("", "line 1, column 1: the document ends where a value is expected"),
        ("{\n  \"a\" 1}", "line 2, column 7: a colon is expected after 'a'"),
        (#"{"a":1,"a":2}"#, "line 1, column 11: 'a' is there twice"),
        ("[1,]", "line 1, column 4: a value is expected"),
        ("{} {}", "line 1, column 4: something follows the end of the document"),
        ("[01]", "line 1, column 3: a comma or a closing bracket is expected"),
        ("[1.]", "line 1, column 4: a digit is expected"),
        ("\"a\nb\"", "line 2, column 1: a control character is in a string: write it as \\uXXXX"),
        (#""\ud800""#, "line 1, column 8: half a surrogate pair is in a string"),
        (#""\x""#, "line 1, column 4: there is no such escape"),
        ("\"abc", "line 1, column 5: a string has no end"),
        ("nul", "line 1, column 1: a value is expected"),
        ("// no", "line 1, column 1: a value is expected"),
    ])
    func `what is not JSON is named with its place`(text: String, complaint: String) {
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Array(text.utf8)) }
        #expect(error?.description == complaint)
    }

    @Test func `bytes that are not UTF-8 are refused`() {
        #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: [0x22, 0xff, 0x22]) }
    }

    @Test func `a document that is nested too deep is refused before the stack ends`() {
        let text = String(repeating: "[", count: 100_000)
        let error = #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Array(text.utf8)) }
        #expect(error?.reason == "values are nested more than 64 deep")
    }
}
