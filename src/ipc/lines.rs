//! Many JSON lines as one text, so that V8 parses them with one call.
//!
//! A call into JavaScript and a parse cost more than a short line itself. Joined lines must never be taken for
//! something that no single line says; the text carries what only this process knows.

use super::frame::Frames;
use memchr::memchr_iter;
use std::collections::TryReserveError;

/// Joins JSON lines into one text that a single `JSON.parse` reads, and counts them.
///
/// One line is left as it is. N lines become `[line,nonce,line,nonce,…,line]`: the parsed array must have
/// 2N - 1 elements with the nonce at every odd place, which no line can bring about without knowing the
/// nonce, so two broken lines can never pass for whole ones (`[1` and `2]` would otherwise join to `[1,2]`).
///
/// An error where there is no memory for so long a text; `out` is empty then.
pub fn join_lines(frames: &Frames<'_>, nonce: &str, out: &mut Vec<u8>) -> Result<usize, TryReserveError> {
    out.clear();
    let lines = memchr_iter(b'\n', frames.head).count() + memchr_iter(b'\n', frames.body).count();
    out.try_reserve(frames.head.len() + frames.body.len() + lines * (nonce.len() + 2) + 2)?;
    if lines == 1 {
        let line = if frames.head.is_empty() { frames.body } else { frames.head };
        out.extend_from_slice(&line[..line.len() - 1]);
        return Ok(1);
    }
    out.push(b'[');
    let mut first = true;
    for part in [frames.head, frames.body] {
        let mut start = 0;
        for end in memchr_iter(b'\n', part) {
            if !std::mem::take(&mut first) {
                out.push(b',');
                out.extend_from_slice(nonce.as_bytes());
                out.push(b',');
            }
            out.extend_from_slice(&part[start..end]);
            start = end + 1;
        }
    }
    out.push(b']');
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn one_line_is_left_alone_and_many_are_joined_with_the_nonce() {
        let mut out = Vec::new();
        let one = Frames { head: b"", body: b"{\"a\":1}\n" };
        assert_eq!((join_lines(&one, "77", &mut out), &out[..]), (Ok(1), &b"{\"a\":1}"[..]));
        let three = Frames { head: b"1\n", body: b"2\n\n" };
        assert_eq!((join_lines(&three, "77", &mut out), &out[..]), (Ok(3), &b"[1,77,2,77,]"[..]));
        let empty_first = Frames { head: b"", body: b"\n2\n" };
        assert_eq!((join_lines(&empty_first, "77", &mut out), &out[..]), (Ok(2), &b"[,77,2]"[..]));
    }

    /// What the receiving side does with joined lines, by another JSON parser than V8's: the messages, or None when
    /// some line is broken and each must be parsed for itself.
    fn parse_joined(text: &[u8], lines: usize, nonce: u64) -> Option<Vec<Value>> {
        let Value::Array(items) = serde_json::from_slice(text).ok()? else { return None };
        let odd_are_nonces = items.iter().skip(1).step_by(2).all(|item| *item == nonce);
        (items.len() == 2 * lines - 1 && odd_are_nonces).then(|| items.into_iter().step_by(2).collect())
    }

    fn json_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            ".{0,12}".prop_map(Value::from),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::hash_map(".{0,5}", inner, 0..4)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    #[test]
    fn broken_lines_that_fit_together_are_not_taken_for_whole_ones() {
        for lines in [
            "1,2\n[3\n4]\n",
            "[1\n2]\n",
            "{\"a\":[{}\n{}]}\n",
            "\"a\n\",\"b\"\n",
            "1\n\n",
            "1,77,2\n[3\n4]\n",
        ] {
            let mut out = Vec::new();
            let count =
                join_lines(&Frames { head: b"", body: lines.as_bytes() }, "123456789", &mut out).unwrap();
            assert_eq!(parse_joined(&out, count, 123_456_789), None, "{lines}");
        }
    }

    proptest! {
        #[test]
        fn joined_lines_are_the_messages_again(messages in prop::collection::vec(json_value(), 2..10), split in any::<prop::sample::Index>()) {
            let lines: Vec<String> = messages.iter().map(|message| format!("{message}\n")).collect();
            let split = split.index(messages.len());
            let (head, body) = (lines[..split].concat(), lines[split..].concat());
            let mut out = Vec::new();
            let count = join_lines(&Frames { head: head.as_bytes(), body: body.as_bytes() }, "123456789", &mut out).unwrap();
            prop_assert_eq!(count, messages.len());
            prop_assert_eq!(parse_joined(&out, count, 123_456_789), Some(messages));
        }
    }
}
