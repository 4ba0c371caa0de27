//! A line of UTF-8 as UTF-16, which V8 takes over sooner than it decodes UTF-8 by itself.

/// Decodes UTF-8 into `out`; false (and `out` of no meaning) where the bytes are none, and V8 must decide what
/// to put in their place, or where there is no memory for it.
pub fn utf8_to_utf16(bytes: &[u8], out: &mut Vec<u16>) -> bool {
    out.clear();
    let Ok(text) = std::str::from_utf8(bytes) else { return false };
    if out.try_reserve(bytes.len()).is_err() {
        return false;
    }
    out.extend(text.encode_utf16());
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_becomes_utf16_and_garbage_is_refused() {
        let mut out = Vec::new();
        assert!(utf8_to_utf16("a\u{e9}\u{6f22}\u{1f600}".as_bytes(), &mut out));
        assert_eq!(out, [0x61, 0xe9, 0x6f22, 0xd83d, 0xde00]);
        assert!(!utf8_to_utf16(&[0xff], &mut out));
        assert!(!utf8_to_utf16(&[0xed, 0xa0, 0x80], &mut out));
    }
}
