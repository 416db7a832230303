#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lifeboat::azure::fuzzing::answer(bytes));
