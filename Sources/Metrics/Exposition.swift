/// Metrics in Prometheus' text format, version 0.0.4.
package struct Exposition: Sendable {
    /// What HTTP calls the format.
    package static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var text = ""

    /// Families in the order of their names. Those of the same name are one, with the meaning of the first.
    package init(_ families: [MetricFamily]) {
        var joined: [String: MetricFamily] = [:]
        for family in families {
            joined[family.name, default: MetricFamily(family.name, family.kind, family.help, [])].samples +=
                family.samples
        }
        for family in joined.values.sorted(by: { $0.name < $1.name }) where !family.samples.isEmpty { write(family) }
    }

    private mutating func write(_ family: MetricFamily) {
        text += "# HELP \(family.name) \(Self.escaped(family.help, isLabel: false))\n"
        text += "# TYPE \(family.name) \(family.kind.rawValue)\n"
        for sample in family.samples {
            switch sample.value {
            case .number(let number): write(family.name, sample.labels, number)
            case .histogram(let histogram): write(family.name, sample.labels, histogram)
            }
        }
    }

    private mutating func write(_ name: String, _ labels: [MetricLabel], _ number: Double) {
        text += name
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, isLabel: true))\"" }
            text += "{\(pairs.joined(separator: ","))}"
        }
        text += " \(Self.number(number))\n"
    }

    private mutating func write(_ name: String, _ labels: [MetricLabel], _ histogram: MetricHistogram) {
        var total: UInt64 = 0
        for (bound, count) in zip(histogram.bounds + [.infinity], histogram.counts) {
            total += count
            write("\(name)_bucket", labels + [MetricLabel("le", Self.number(bound))], Double(total))
        }
        write("\(name)_sum", labels, histogram.sum)
        write("\(name)_count", labels, Double(total))
    }

    /// Whole numbers without a point, as Go writes them.
    static func number(_ number: Double) -> String {
        if number.isNaN { return "NaN" }
        if number.isInfinite { return number < 0 ? "-Inf" : "+Inf" }
        return Int64(exactly: number).map(String.init) ?? "\(number)"
    }

    /// - Parameter isLabel: whether it stands between quotes.
    static func escaped(_ text: String, isLabel: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where isLabel: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }
}
