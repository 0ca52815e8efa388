//! The shortest spelling of a float that Go's `strconv.FormatFloat(v, 'g', -1, 64)` gives, so that
//! our answers can be compared to the peers' byte for byte.

/// Appends `value`: `42`, `0.25`, `1.5e+09`, `NaN`, `+Inf`, `-Inf`.
pub fn write_number(out: &mut Vec<u8>, value: f64) {
    let size = value.abs();
    // Whole numbers are most of what is exposed, and need no search for the shortest spelling.
    let whole = size as u64;
    if whole < 1 << 53 && whole as f64 == size {
        write_sign(out, value);
        write_whole(out, whole);
    } else if size.is_finite() {
        write_sign(out, value);
        write_shortest(out, size);
    } else {
        out.extend_from_slice(match (value.is_nan(), value > 0.0) {
            (true, _) => b"NaN",
            (false, true) => b"+Inf",
            (false, false) => b"-Inf",
        });
    }
}

fn write_sign(out: &mut Vec<u8>, value: f64) {
    if value.is_sign_negative() {
        out.push(b'-');
    }
}

/// Go switches to an exponent here.
const MILLION: u64 = 1_000_000;

fn write_whole(out: &mut Vec<u8>, whole: u64) {
    let mut buffer = itoa::Buffer::new();
    let digits = buffer.format(whole).as_bytes();
    if whole < MILLION {
        out.extend_from_slice(digits);
    } else if let Some((first, rest)) = digits.split_first() {
        write_exponent(out, *first, &[rest], rest.len() as i32);
    }
}

/// The library finds the digits, and lays them out as Go does where Go uses no exponent.
fn write_shortest(out: &mut Vec<u8>, size: f64) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(size);
    if (1e-4..1e6).contains(&size) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().unwrap_or(0)),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    if let Some((first, rest)) = whole.as_bytes().split_first().filter(|(first, _)| **first != b'0') {
        write_exponent(out, *first, &[rest, fraction.as_bytes()], exponent + rest.len() as i32);
        return;
    }
    let digits = fraction.trim_start_matches('0');
    if let Some((first, rest)) = digits.as_bytes().split_first() {
        write_exponent(out, *first, &[rest], exponent - 1 - (fraction.len() - digits.len()) as i32);
    }
}

/// Appends a number in scientific layout. `rest` are the digits behind the first, in pieces; zeros at their end say
/// nothing and are left out.
fn write_exponent(out: &mut Vec<u8>, first: u8, rest: &[&[u8]], exponent: i32) {
    out.push(first);
    let start = out.len();
    out.push(b'.');
    for piece in rest {
        out.extend_from_slice(piece);
    }
    let written = out.get(start..).unwrap_or_default();
    let end = written.iter().rposition(|byte| !matches!(byte, b'0' | b'.')).map_or(start, |last| start + last + 1);
    out.truncate(end);
    out.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
    let size = exponent.unsigned_abs();
    if size < 10 {
        out.push(b'0');
    }
    out.extend_from_slice(itoa::Buffer::new().format(size).as_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Go 1.26 prints for each of these.
    #[test]
    fn spells_as_go_does() {
        let cases: &[(f64, &str)] = &[
            (0.0, "0"),
            (-0.0, "-0"),
            (1.0, "1"),
            (-17.0, "-17"),
            (99_999.0, "99999"),
            (100_000.0, "100000"),
            (999_999.0, "999999"),
            (1e6, "1e+06"),
            (1_234_567.0, "1.234567e+06"),
            (1_500_000_000.0, "1.5e+09"),
            (123_456_789_012.0, "1.23456789012e+11"),
            (1_795_322_000.123, "1.795322000123e+09"),
            (0.25, "0.25"),
            (0.0001, "0.0001"),
            (0.000_01, "1e-05"),
            (0.000_012_5, "1.25e-05"),
            (123_456.789, "123456.789"),
            (1_234_567.5, "1.2345675e+06"),
            (1_000_001.0, "1.000001e+06"),
            (-20_030_000.0, "-2.003e+07"),
            (9_007_199_254_740_991.0, "9.007199254740991e+15"),
            (9_007_199_254_740_992.0, "9.007199254740992e+15"),
            (18_014_398_509_481_984.0, "1.8014398509481984e+16"),
            (999_999.999, "999999.999"),
            (0.000_099_999, "9.9999e-05"),
            (-0.000_012_5, "-1.25e-05"),
            (1.5e-7, "1.5e-07"),
            (0.1, "0.1"),
            (-0.5, "-0.5"),
            (1e21, "1e+21"),
            (1e100, "1e+100"),
            (5e-324, "5e-324"),
            (f64::MAX, "1.7976931348623157e+308"),
            (f64::NAN, "NaN"),
            (f64::INFINITY, "+Inf"),
            (f64::NEG_INFINITY, "-Inf"),
        ];
        for (value, expected) in cases {
            let mut out = Vec::new();
            write_number(&mut out, *value);
            assert_eq!(String::from_utf8_lossy(&out), *expected, "{value:?}");
        }
    }

    #[test]
    fn every_spelling_reads_back_as_the_same_float() {
        let mut bits = 0x9e37_79b9_7f4a_7c15_u64;
        for _ in 0..200_000 {
            bits = bits.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let value = f64::from_bits(bits);
            if value.is_nan() {
                continue;
            }
            let mut out = Vec::new();
            write_number(&mut out, value);
            let back: f64 = String::from_utf8_lossy(&out).parse().unwrap();
            assert_eq!(back.to_bits(), value.to_bits());
        }
    }
}
