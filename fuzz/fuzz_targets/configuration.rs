#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| lifeboat::settings::fuzzing::configuration(bytes));
