extension Span<UInt8> {
    /// Lends the octets as memory without a type, as what copies it takes it. An octet has no padding that would be
    /// uninitialised, for which the library calls this unsafe.
    @inlinable
    package func withRawSpan<Result>(_ body: (RawSpan) -> Result) -> Result {
        unsafe body(bytes)
    }
}
