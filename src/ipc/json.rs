//! The two looks at text that V8 takes its time for: whether a string may stand in JSON as it is, and what a
//! line of UTF-8 is in UTF-16.
//!
//! The first is written so that the compiler makes vector instructions of it: a block is folded without a way out of it, and
//! blocks are left at the first hit.

const BLOCK: usize = 64;

/// True if `text` (Latin-1) holds a control character, a quote or a backslash.
pub fn latin1_needs_escape(text: &[u8]) -> bool {
    text.chunks(BLOCK).any(|block| {
        block.iter().fold(false, |hit, &byte| hit | (byte < 0x20) | (byte == b'"') | (byte == b'\\'))
    })
}

/// The same for UTF-16; any surrogate counts, since a lone one is escaped.
pub fn utf16_needs_escape(text: &[u16]) -> bool {
    text.chunks(BLOCK).any(|block| {
        block.iter().fold(false, |hit, &unit| {
            hit | (unit < 0x20) | (unit == 0x22) | (unit == 0x5c) | (unit & 0xf800 == 0xd800)
        })
    })
}

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

    #[test]
    fn every_unit_is_judged_as_json_does_wherever_it_stands() {
        for unit in 0..=u16::MAX {
            let escaped = unit < 0x20 || unit == 0x22 || unit == 0x5c || (0xd800..0xe000).contains(&unit);
            for place in [0, 63, 64, 99] {
                let mut wide = [0x61u16; 100];
                wide[place] = unit;
                assert_eq!(utf16_needs_escape(&wide), escaped, "{unit:#x}");
                if let Ok(byte) = u8::try_from(unit) {
                    let mut narrow = [b'a'; 100];
                    narrow[place] = byte;
                    assert_eq!(latin1_needs_escape(&narrow), escaped, "{byte:#x}");
                }
            }
        }
    }
}
