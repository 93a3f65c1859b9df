import NetworkTypes
import Supervision

/// Reads settings as real types; what is wrong is an error that says where it was given.
struct SettingReader {
    let given: GivenSettings

    /// The value that holds, if one was given.
    func single(_ name: String) -> GivenValue? { given[name].last }

    /// Where a setting was given last.
    func origin(of name: String) -> SettingOrigin { single(name)?.origin ?? .builtIn }

    func text(_ name: String, or fallback: String) throws(ConfigurationError) -> String {
        guard let value = single(name) else { return fallback }
        guard !value.text.isEmpty else { throw .invalid(name, at: value.origin, "it is empty") }
        return value.text
    }

    func texts(_ name: String, or fallback: [String]) -> [String] {
        given[name].isEmpty ? fallback : given[name].map(\.text)
    }

    /// An absolute path, without a slash at its end.
    func path(_ name: String, or fallback: String) throws(ConfigurationError) -> String {
        guard let value = single(name) else { return fallback }
        guard value.text.hasPrefix("/"), value.text.count > 1 else {
            throw .invalid(name, at: value.origin, "'\(value.text)' is no absolute path")
        }
        return value.text.hasSuffix("/") ? String(value.text.dropLast()) : value.text
    }

    func boolean(_ name: String, or fallback: Bool) throws(ConfigurationError) -> Bool {
        guard let value = single(name) else { return fallback }
        switch value.text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw .invalid(name, at: value.origin, "'\(value.text)' is neither true nor false")
        }
    }

    func port(_ name: String, or fallback: UInt16) throws(ConfigurationError) -> UInt16 {
        guard let value = single(name) else { return fallback }
        guard let port = UInt16(value.text), port > 0 else {
            throw .invalid(name, at: value.origin, "'\(value.text)' is no port from 1 to 65535")
        }
        return port
    }

    /// A value of an enumeration, by its name.
    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String,
        or fallback: Choice
    ) throws(ConfigurationError) -> Choice {
        guard let value = single(name) else { return fallback }
        guard let choice = Choice(rawValue: value.text) else {
            throw .invalid(name, at: value.origin, Self.unknown(value.text, among: Choice.allCases.map(\.rawValue)))
        }
        return choice
    }

    static func unknown(_ text: String, among names: [String]) -> String {
        "'\(text)' is none of \(names.joined(separator: ", "))\(NearestName.hint(text, among: names))"
    }

    /// A number and its unit: `500ms`, `30s`, `5m`, `1h`.
    func duration(
        _ name: String,
        or fallback: Duration,
        in range: ClosedRange<Duration>
    ) throws(ConfigurationError) -> Duration {
        guard let value = single(name) else { return fallback }
        let digits = value.text.prefix { ("0"..."9").contains($0) }
        let units: [Substring: Duration] = [
            "ms": .milliseconds(1), "s": .seconds(1), "m": .seconds(60), "h": .seconds(3600),
        ]
        guard let number = Int32(digits), let unit = units[value.text.dropFirst(digits.count)] else {
            throw .invalid(name, at: value.origin, "'\(value.text)' is no duration such as 30s, 5m or 1h")
        }
        let duration = unit * Int(number)
        guard range.contains(duration) else {
            throw .invalid(
                name,
                at: value.origin,
                "'\(value.text)' is not between \(range.lowerBound.inSeconds) and \(range.upperBound.inSeconds)"
            )
        }
        return duration
    }

    /// At most one value a family.
    func perFamily<Value>(
        _ name: String,
        family: (Value) -> AddressFamily,
        parse: (String) throws(AddressSyntaxError) -> Value
    ) throws(ConfigurationError) -> PerFamily<Value> {
        var result = PerFamily<Value>()
        for value in given[name] {
            let parsed: Value
            do throws(AddressSyntaxError) {
                parsed = try parse(value.text)
            } catch {
                throw .invalid(name, at: value.origin, "\(error)")
            }
            let family = family(parsed)
            guard result[family] == nil else {
                throw .configuration(
                    "\(value.origin): \(name): \(value.text) is a second \(family) one; one a family is used"
                )
            }
            result[family] = parsed
        }
        return result
    }

    func prefixes(_ name: String) throws(ConfigurationError) -> PerFamily<IPPrefix> {
        try perFamily(name, family: \.family) { (text) throws(AddressSyntaxError) in try IPPrefix(parsing: text) }
    }

    func addresses(_ name: String) throws(ConfigurationError) -> PerFamily<IPAddress> {
        try perFamily(name, family: \.family) { (text) throws(AddressSyntaxError) in try IPAddress(parsing: text) }
    }
}
