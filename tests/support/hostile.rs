//! Names and messages as somebody would write them who wants to be taken for somebody else, or to give orders to a
//! terminal; and a terminal that tells what it was ordered.
#![allow(dead_code, unreachable_pub, reason = "each test uses a part")]

/// Pieces of which hostile texts are made.
const PIECES: [&str; 48] = [
    "apim",
    "core",
    "-",
    ".",
    " ",
    "  ",
    "a",
    "é",
    "e\u{301}",
    "\u{301}",
    "\u{308}",
    "Å",
    "\u{212b}",
    "A\u{30a}",
    "東",
    "名前",
    "ك",
    "ש",
    "한",
    "\u{1112}\u{1161}\u{11ab}",
    "\u{1161}",
    "\u{200b}",
    "\u{200d}",
    "\u{202e}",
    "\u{2066}",
    "\u{2028}",
    "\u{7}",
    "\u{1b}",
    "\u{1b}[31m",
    "\u{1b}]52;c;eA==\u{7}",
    "\u{1b}]0;mine\u{1b}\\",
    "\u{1b}P+q\u{1b}\\",
    "\u{9b}2J",
    "\u{9d}0;x\u{9c}",
    "\u{7f}",
    "\u{85}",
    "\n",
    "\t",
    "\r",
    "<U+202E>",
    "<U+",
    "<",
    "\u{fe0f}",
    "\u{e0041}",
    "\u{3164}",
    "…",
    "~",
    "👍\u{1f3fd}",
];

/// A hostile text. `below` gives a number below its argument.
pub fn text(mut below: impl FnMut(u64) -> u64) -> String {
    let mut text = String::new();
    for _ in 0..=below(8) {
        match below(6) {
            0 => text.extend(u32::try_from(below(0x11_0000)).ok().and_then(char::from_u32)),
            _ => text.push_str(PIECES[usize::try_from(below(PIECES.len() as u64)).unwrap_or(0)]),
        }
    }
    text
}

/// Two texts that differ, and that a careless eye or a careless program takes for one.
pub fn pair(mut below: impl FnMut(u64) -> u64) -> (String, String) {
    const TWINS: [(&str, &str); 14] = [
        ("", "\u{200b}"),
        ("", "\u{202e}"),
        ("", "\u{7}"),
        ("", "\u{ad}"),
        ("é", "e\u{301}"),
        ("Å", "\u{212b}"),
        ("한", "\u{1112}\u{1161}\u{11ab}"),
        ("\u{202e}", "<U+202E>"),
        ("\u{202e}", "\u{202d}"),
        (" ", "\u{a0}"),
        (" ", "  "),
        ("", "\u{e0041}"),
        ("\n", " "),
        ("\u{1b}[0m", "\u{9b}0m"),
    ];
    let (one, other) = TWINS[usize::try_from(below(TWINS.len() as u64)).unwrap_or(0)];
    let before = ["apim", "", "a-", "東"][usize::try_from(below(4)).unwrap_or(0)];
    let after = ["core", "", "-dr", ".apimbackup"][usize::try_from(below(4)).unwrap_or(0)];
    (format!("{before}{one}{after}x"), format!("{before}{other}{after}x"))
}

/// A terminal that notes what it is ordered to do beside showing text.
#[derive(Debug, Default)]
pub struct Witness {
    /// `CSI` sequences by their private mark and final letter.
    pub sequences: Vec<String>,
    /// Everything else: control characters, `OSC`, `DCS`, bare escapes.
    pub orders: Vec<String>,
    /// Printed characters.
    pub printed: String,
}

impl Witness {
    /// What these bytes do.
    pub fn of(bytes: &[u8]) -> Self {
        let mut witness = Self::default();
        vte::Parser::new().advance(&mut witness, bytes);
        witness
    }
}

impl vte::Perform for Witness {
    fn print(&mut self, c: char) {
        self.printed.push(c);
    }

    fn execute(&mut self, byte: u8) {
        if byte == b'\n' {
            self.printed.push('\n');
        } else {
            self.orders.push(format!("control {byte:02x}"));
        }
    }

    fn csi_dispatch(&mut self, _: &vte::Params, marks: &[u8], _: bool, action: char) {
        self.sequences.push(format!("{}{action}", String::from_utf8_lossy(marks)));
    }

    fn osc_dispatch(&mut self, params: &[&[u8]], _: bool) {
        let first = params.first().copied().unwrap_or_default();
        self.orders.push(format!("OSC {}", String::from_utf8_lossy(first)));
    }

    fn esc_dispatch(&mut self, _: &[u8], _: bool, byte: u8) {
        self.orders.push(format!("ESC {byte:02x}"));
    }

    fn hook(&mut self, _: &vte::Params, _: &[u8], _: bool, action: char) {
        self.orders.push(format!("DCS {action}"));
    }
}
