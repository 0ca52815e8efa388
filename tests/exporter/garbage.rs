//! Garbage in every file that a collector reads: it may fail, it may not panic, hang, or invent a family.

use std::fs;

use stack_tests::tree::files_below;

use crate::collectors::{PASS_ON, answers, cases, collector};

/// What is put in place of each file, made from what stood there.
fn garbage(original: &[u8], round: u64) -> Vec<u8> {
    let mut seed = round.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut next = |below: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        (seed % below.max(1) as u64) as usize
    };
    let mut bytes = original.to_vec();
    match round % 8 {
        0 => bytes.clear(),
        1 => bytes.truncate(next(original.len())),
        2 => bytes = (0..next(300)).map(|_| next(256) as u8).collect(),
        3 => bytes = String::from_utf8_lossy(&bytes).replace(|c: char| c.is_ascii_digit(), "9").into_bytes(),
        4 => bytes = String::from_utf8_lossy(&bytes).replace(' ', "").into_bytes(),
        5 => bytes.extend_from_slice(b"\n-1 nan inf 1e999 99999999999999999999 0x \xff\xfe: = [ ]\n"),
        6 => bytes.reverse(),
        _ => {
            for _ in 0..8 {
                let (at, byte) = (next(bytes.len()), next(256) as u8);
                if let Some(place) = bytes.get_mut(at) {
                    *place = byte;
                }
            }
        }
    }
    bytes
}

#[test]
fn garbage_in_any_file_is_survived() {
    for case in cases() {
        let of = collector(&case);
        let copy = tempfile::tempdir().unwrap();
        let copied = copy.path().join(case.file_name().unwrap());
        let status = std::process::Command::new("cp").arg("-a").args([&case, &copied]).status().unwrap();
        assert!(status.success());
        let trees = ["proc", "sys", "root", "udev"];
        let files: Vec<_> = trees.iter().flat_map(|tree| files_below(&copied.join(tree))).collect();
        // Each file in turn, or a sample where there are hundreds.
        let step = files.len() / 60 + 1;
        for (index, file) in files.iter().step_by(step).enumerate() {
            let original = fs::read(file).unwrap();
            for round in 0..8 {
                fs::write(file, garbage(&original, round + 8 * index as u64)).unwrap();
                let Ok(answers) = answers(&copied) else { continue };
                let text: String = answers.into_iter().map(|answer| answer.unwrap_or_else(|failed| failed)).collect();
                for name in text.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()) {
                    let declared = of.metrics.iter().any(|metric| metric.covers(name));
                    assert!(declared || PASS_ON.contains(&of.name), "{}: {name} out of garbage", file.display());
                }
            }
            fs::write(file, original).unwrap();
        }
    }
}
