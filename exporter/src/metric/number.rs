//! The shortest spelling of a float that Go's `strconv.FormatFloat(v, 'g', -1, 64)` gives, so that
//! our answers can be compared to the peers' byte for byte.

/// Appends `value`: `42`, `0.25`, `1.5e+09`, `NaN`, `+Inf`, `-Inf`.
pub fn write_number(out: &mut Vec<u8>, value: f64) {
    // Small whole numbers are most of what is exposed, and need no shortest-float search. `1e6` is where Go
    // switches to an exponent.
    let whole = value as i32;
    if f64::from(whole) == value && whole.unsigned_abs() < 100_000 && (whole != 0 || value.is_sign_positive()) {
        out.extend_from_slice(itoa::Buffer::new().format(whole).as_bytes());
    } else if value.is_finite() {
        write_shortest(out, value);
    } else {
        out.extend_from_slice(if value.is_nan() {
            b"NaN"
        } else if value > 0.0 {
            b"+Inf"
        } else {
            b"-Inf"
        });
    }
}

/// Rewrites the digits that the shortest-float library finds in the layout that Go gives them.
fn write_shortest(out: &mut Vec<u8>, value: f64) {
    let mut buffer = zmij::Buffer::new();
    let text = buffer.format_finite(value.abs());
    if value.is_sign_negative() {
        out.push(b'-');
    }
    let (mantissa, exponent) = match text.split_once('e') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().unwrap_or(0)),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    // The digits without the point; `point` counts how many of them stand before it.
    let mut digits = [0_u8; 40];
    let mut used = 0;
    let mut point = exponent;
    for byte in whole.bytes().chain(fraction.bytes()) {
        if used == 0 && byte == b'0' {
            continue;
        }
        if let Some(slot) = digits.get_mut(used) {
            *slot = byte;
            used += 1;
        }
    }
    let leading_zeros = fraction.bytes().take_while(|b| *b == b'0').count();
    point += if whole == "0" { -(leading_zeros as i32) } else { whole.len() as i32 };
    let digits = digits.get(..used).unwrap_or_default();
    let kept = digits.iter().rposition(|b| *b != b'0').map_or(0, |last| last + 1);
    let digits = digits.get(..kept).unwrap_or_default();
    if digits.is_empty() {
        out.push(b'0');
        return;
    }
    let scientific = point - 1;
    // Go writes an exponent below -4 and from 6 on.
    if !(-4..6).contains(&scientific) {
        write_exponent(out, digits, scientific);
    } else {
        write_plain(out, digits, point);
    }
}

fn write_exponent(out: &mut Vec<u8>, digits: &[u8], exponent: i32) {
    if let Some((first, rest)) = digits.split_first() {
        out.push(*first);
        if !rest.is_empty() {
            out.push(b'.');
            out.extend_from_slice(rest);
        }
    }
    out.extend_from_slice(if exponent < 0 { b"e-" } else { b"e+" });
    let size = exponent.unsigned_abs();
    if size < 10 {
        out.push(b'0');
    }
    out.extend_from_slice(itoa::Buffer::new().format(size).as_bytes());
}

fn write_plain(out: &mut Vec<u8>, digits: &[u8], point: i32) {
    if point <= 0 {
        out.extend_from_slice(b"0.");
        out.extend(std::iter::repeat_n(b'0', point.unsigned_abs() as usize));
        out.extend_from_slice(digits);
        return;
    }
    let point = point as usize;
    match digits.split_at_checked(point) {
        Some((whole, fraction)) => {
            out.extend_from_slice(whole);
            if !fraction.is_empty() {
                out.push(b'.');
                out.extend_from_slice(fraction);
            }
        }
        None => {
            out.extend_from_slice(digits);
            out.extend(std::iter::repeat_n(b'0', point - digits.len()));
        }
    }
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
