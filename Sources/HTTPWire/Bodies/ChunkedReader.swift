/// Reads a body that comes in chunks (RFC 9112 section 7.1), however its octets are split.
///
/// Sizes are hexadecimal digits and nothing else, lines end with CR LF. Extensions are skipped, and counted: they are the
/// one part of a body that costs work and is passed on to nobody.
package struct ChunkedReader: Sendable {
    private let limits: ChunkLimits
    private var state = State.size(digits: 0)
    /// Of the size that is being read, and then what is left of the chunk's data.
    private var left: UInt64 = 0
    private var extensionOctets = 0
    private var trailerSection: TrailerSection?

    private enum State {
        /// In the digits of a size. To: `inExtension`, `endOfSize`.
        case size(digits: Int)
        /// Behind the `;`. To: `endOfSize`.
        case inExtension(ChunkExtension)
        /// Behind the CR of a size. To: `data`, or `trailers` if the size was zero.
        case endOfSize
        /// To: `endOfData`.
        case data
        /// Before the CR behind the data. To: `endOfDataLine`.
        case endOfData
        /// Before the LF behind the data. To: `size`.
        case endOfDataLine
        /// At the beginning of a line behind the last chunk. To: `endOfBody`, `inTrailers`.
        case trailers
        /// In fields behind the last chunk. To: `ended`.
        case inTrailers
        /// Before the LF of the empty line, with no fields before it. To: `ended`.
        case endOfBody
        case ended
    }

    package init(_ limits: ChunkLimits = ChunkLimits()) {
        self.limits = limits
    }

    /// The fields behind the last chunk, once the body has ended, without those that may not stand there.
    package var trailers: FieldList { trailerSection?.fields ?? FieldList() }

    /// The octets that `trailers` are places among.
    package var trailerOctets: [UInt8] { trailerSection?.octets ?? [] }

    /// Reads on from `offset`, which is moved behind what was read. Call it again until it needs more, or the body ends.
    package mutating func next(_ octets: Span<UInt8>, from offset: inout Int) -> ChunkEvent {
        while offset < octets.count {
            if case .ended = state { return .end }
            if case .data = state {
                let count = Int(min(left, UInt64(octets.count &- offset)))
                let data = offset..<offset &+ count
                offset &+= count
                left &-= UInt64(count)
                if left == 0 { state = .endOfData }
                return .data(data)
            }
            let octet = octets[offset]
            offset &+= 1
            if let fault = read(octet) { return .refused(fault) }
            if case .ended = state { return .end }
        }
        return .needsMore
    }

    /// Reads an octet that is not data. Returns what is wrong with it, if anything is.
    private mutating func read(_ octet: UInt8) -> HeadFault? {
        switch state {
        case .size(let digits): return readSize(octet, digits)
        case .inExtension(let reading): return readExtension(octet, reading)
        case .endOfSize:
            guard octet == Octet.lineFeed else { return .chunkSize }
            state = left == 0 ? .trailers : .data
        case .endOfData:
            guard octet == Octet.carriageReturn else { return .chunkEnd }
            state = .endOfDataLine
        case .endOfDataLine:
            guard octet == Octet.lineFeed else { return .chunkEnd }
            state = .size(digits: 0)
        case .trailers, .inTrailers: return readTrailers(octet)
        case .endOfBody:
            guard octet == Octet.lineFeed else { return .bareCarriageReturn }
            state = .ended
        case .data, .ended: break
        }
        return nil
    }

    private mutating func readSize(_ octet: UInt8, _ digits: Int) -> HeadFault? {
        if let digit = Octet.hexadecimalDigit(octet) {
            // Sixteen digits are a word; of its values the upper half is nothing that a length may be.
            guard digits < 16, left < 1 << 59 else { return .chunkSize }
            left = left << 4 | UInt64(digit)
            state = .size(digits: digits + 1)
            return nil
        }
        guard digits > 0 else { return .chunkSize }
        switch octet {
        case Octet.carriageReturn: state = .endOfSize
        case 0x3b:
            state = .inExtension(ChunkExtension())
            extensionOctets &+= 1
            return extensionOctets > limits.extensions ? .longChunkExtensions : nil
        default: return .chunkSize
        }
        return nil
    }

    private mutating func readExtension(_ octet: UInt8, _ reading: ChunkExtension) -> HeadFault? {
        var reading = reading
        if octet == Octet.carriageReturn {
            state = .endOfSize
            return reading.isComplete ? nil : .chunkExtension
        }
        guard reading.read(octet) else { return .chunkExtension }
        state = .inExtension(reading)
        extensionOctets &+= 1
        return extensionOctets > limits.extensions ? .longChunkExtensions : nil
    }

    private mutating func readTrailers(_ octet: UInt8) -> HeadFault? {
        if case .trailers = state, octet == Octet.carriageReturn {
            state = .endOfBody
            return nil
        }
        state = .inTrailers
        var section = trailerSection ?? TrailerSection()
        trailerSection = nil
        let outcome = section.read(octet, limits)
        trailerSection = section
        switch outcome {
        case .fault(let fault): return fault
        case .end: state = .ended
        case .more: break
        }
        return nil
    }
}

/// What comes next of a body in chunks.
package enum ChunkEvent: Hashable, Sendable {
    /// Octets of the body: where they stand among those that were given.
    case data(Range<Int>)
    /// All octets were read, and the body goes on.
    case needsMore
    /// The body ends here. What follows is not of this message.
    case end
    /// These are no chunks: nobody knows where the message ends.
    case refused(HeadFault)
}
