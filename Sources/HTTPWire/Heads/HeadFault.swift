/// Why a message is not accepted.
package enum HeadFault: UInt8, CaseIterable, Hashable, Sendable {
    // The first line.
    case method
    case target
    case longTarget
    case version
    case unsupportedVersion
    case statusLine
    // Lines of fields.
    case bareCarriageReturn
    case bareLineFeed
    case fieldName
    case blankBeforeColon
    case foldedField
    case controlInValue
    case tooManyFields
    case longFields
    // What the fields say.
    case missingHost
    case repeatedHost
    case host
    case contentLength
    case repeatedContentLength
    case transferCoding
    case repeatedTransferEncoding
    case unknownTransferCoding
    case transferEncodingInOldVersion
    case lengthAndTransferEncoding
    case expectation
    case tooManyConnectionOptions
    // The body.
    case chunkSize
    case chunkEnd
    case chunkExtension
    case longChunkExtensions

    /// The status for the client if the fault is in its request. If it is in a response the status is 502.
    package var status: UInt16 {
        switch self {
        case .longTarget: 414
        case .tooManyFields, .longFields, .tooManyConnectionOptions: 431
        case .unknownTransferCoding: 501
        case .unsupportedVersion: 505
        case .expectation: 417
        default: 400
        }
    }

    /// A word or a few for logs, always the same for the same fault.
    package var reason: String {
        switch self {
        case .method: "malformed method"
        case .target: "malformed request target"
        case .longTarget: "request line too long"
        case .version: "malformed version"
        case .unsupportedVersion: "unsupported version"
        case .statusLine: "malformed status line"
        case .bareCarriageReturn: "carriage return without line feed"
        case .bareLineFeed: "line feed without carriage return"
        case .fieldName: "malformed field name"
        case .blankBeforeColon: "blank before the colon of a field"
        case .foldedField: "folded field"
        case .controlInValue: "control octet in a field"
        case .tooManyFields: "too many fields"
        case .longFields: "fields too long"
        case .missingHost: "no host"
        case .repeatedHost: "more than one host"
        case .host: "malformed host"
        case .contentLength: "malformed content length"
        case .repeatedContentLength: "more than one content length"
        case .transferCoding: "malformed transfer coding"
        case .repeatedTransferEncoding: "more than one transfer encoding"
        case .unknownTransferCoding: "unknown transfer coding"
        case .transferEncodingInOldVersion: "transfer encoding in HTTP/1.0"
        case .lengthAndTransferEncoding: "content length and transfer encoding"
        case .expectation: "unknown expectation"
        case .tooManyConnectionOptions: "too many connection options"
        case .chunkSize: "malformed chunk size"
        case .chunkEnd: "malformed end of a chunk"
        case .chunkExtension: "malformed chunk extension"
        case .longChunkExtensions: "chunk extensions too long"
        }
    }
}
