/// What came of reading one line.
enum LineOutcome {
    /// It was read; the next one begins here.
    case read(next: Int)
    /// The octets end within the line.
    case short
    case bad(HeadFault)
}
