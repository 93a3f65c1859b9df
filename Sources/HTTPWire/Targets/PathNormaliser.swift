/// Makes of a path the one that it means, so that no other reader finds another one in it (RFC 3986 section 6.2.2).
///
/// Segments `.` and `..` are resolved and escapes of unreserved octets are decoded; all other escapes stay, `%2F` and `%25`
/// above all, with their digits in upper case. Octets that are not ASCII, where a parser lets them through, are escaped. It
/// keeps its memory for the next path.
package struct PathNormaliser: Sendable {
    /// The normal form, if the path was not in it.
    package private(set) var octets: [UInt8] = []

    package init() {}

    /// - Parameters:
    ///   - path: what precedes `?`. Nothing means `/`; `*` is no path.
    ///   - mergingSlashes: whether an empty segment is left out. To most services it means nothing, to some it does.
    package mutating func normalise(_ path: Span<UInt8>, mergingSlashes: Bool) -> NormalisedPath {
        guard path.count > 0 else {
            octets = [0x2f]
            return .rewritten
        }
        guard path[0] == 0x2f else { return .refused }
        switch PathScan(path, mergingSlashes: mergingSlashes) {
        case .plain: return .asIs
        case .forbidden: return .refused
        case .suspicious:
            octets.removeAll(keepingCapacity: true)
            guard rewrite(path, mergingSlashes: mergingSlashes) else { return .refused }
            return octets.count == path.count && isSame(path) ? .asIs : .rewritten
        }
    }

    private func isSame(_ path: Span<UInt8>) -> Bool {
        for index in 0..<path.count where octets[index] != path[index] { return false }
        return true
    }

    /// Writes the path segment by segment. Returns false if an escape is malformed or the path leads above its root.
    private mutating func rewrite(_ path: Span<UInt8>, mergingSlashes: Bool) -> Bool {
        var offset = 0
        while offset < path.count {
            // At a slash: the segment behind it.
            let start = octets.count
            octets.append(0x2f)
            offset &+= 1
            while offset < path.count, path[offset] != 0x2f {
                guard appendOctet(path, &offset) else { return false }
            }
            let isLast = offset == path.count
            guard resolve(start, isLast: isLast, mergingSlashes: mergingSlashes) else { return false }
        }
        return true
    }

    /// Appends an octet that may be escaped, decoded if it is unreserved, and escaped if no path has it as it is.
    private mutating func appendOctet(_ path: Span<UInt8>, _ offset: inout Int) -> Bool {
        let octet = path[offset]
        guard octet == 0x25 else {
            offset &+= 1
            if octet < 0x80 {
                octets.append(octet)
            } else {
                octets.append(addingCapacity: 3) { $0.append(escapeOf: octet) }
            }
            return true
        }
        guard offset &+ 2 < path.count, let high = Octet.hexadecimalDigit(path[offset &+ 1]),
            let low = Octet.hexadecimalDigit(path[offset &+ 2])
        else { return false }
        if Octet.isUnreserved(high << 4 | low) {
            octets.append(high << 4 | low)
        } else {
            octets.append(0x25)
            octets.append(Octet.upperHexadecimal(path[offset &+ 1]))
            octets.append(Octet.upperHexadecimal(path[offset &+ 2]))
        }
        offset &+= 3
        return true
    }

    /// Takes away the segment that was written last, with the slash at `start`, if it only says where to go from there.
    private mutating func resolve(_ start: Int, isLast: Bool, mergingSlashes: Bool) -> Bool {
        switch octets.count &- start {
        case 1 where mergingSlashes && !isLast:
            octets.removeLast()
        case 2 where octets[start &+ 1] == 0x2e:
            octets.removeLast(isLast ? 1 : 2)
        case 3 where octets[start &+ 1] == 0x2e && octets[start &+ 2] == 0x2e:
            octets.removeLast(3)
            guard let parent = octets.lastIndex(of: 0x2f) else { return false }
            octets.removeSubrange(parent...)
            if isLast { octets.append(0x2f) }
        default: break
        }
        return true
    }
}

/// What a path was made into.
package enum NormalisedPath: Hashable, Sendable {
    /// It is its own normal form.
    case asIs
    /// The normal form is in the normaliser.
    case rewritten
    /// It has a malformed escape, an octet that no path has, or leads above its root.
    case refused
}
