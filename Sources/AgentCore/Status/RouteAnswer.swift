package import Ingress

/// What the agent says to whoever asks for the way of a URL: a report, or why there is none.
package struct RouteAnswer: Codable, Sendable, Equatable {
    /// Octets of a URL that may be asked for.
    static let longestURL = 16 << 10

    package var report: RouteReport?
    /// What is wrong with the URL.
    package var fault: String?

    package init(report: RouteReport?, fault: String?) {
        self.report = report
        self.fault = fault
    }

    /// - Parameters:
    ///   - url: as it was asked for.
    ///   - table: the routes; nil as long as there are none.
    package init(to url: [UInt8], by table: RouteTable?) {
        guard url.count <= Self.longestURL else {
            fault = "it is longer than \(Self.longestURL) octets"
            return
        }
        do throws(RouteQuestionError) {
            let question = try RouteQuestion(url: String(decoding: url, as: UTF8.self), for: table?.configuration)
            report = table.map { RouteReport($0.explain(question)) }
        } catch {
            fault = error.description
        }
    }
}
