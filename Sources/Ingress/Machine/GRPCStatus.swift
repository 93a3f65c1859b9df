/// How a call of gRPC ended, as far as a proxy has to say it (gRPC's "Status codes and their use").
enum GRPCStatus: UInt8 {
    case deadlineExceeded = 4
    case permissionDenied = 7
    case resourceExhausted = 8
    case unimplemented = 12
    case internalError = 13
    case unavailable = 14
    case unauthenticated = 16

    /// What stands for a status of HTTP from 400 on (gRPC's "HTTP to gRPC Status Code Mapping", and 504, 408, 413 and 431,
    /// which have a counterpart of their own).
    init(_ status: UInt16) {
        self =
            switch status {
            case 400: .internalError
            case 401: .unauthenticated
            case 403: .permissionDenied
            case 404, 405, 501: .unimplemented
            case 408, 504: .deadlineExceeded
            case 413, 431: .resourceExhausted
            default: .unavailable
            }
    }
}
