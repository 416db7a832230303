//! Texts as the shells read them: what is quoted here is one word there, to the letter, whatever stands in it.

/// A word for bash, zsh and every shell of POSIX: nothing has a meaning between single quotes, and a single quote cannot
/// stand there. What would act on the line where it is pasted is written as its bytes (`$'\x15'`).
pub fn posix(word: &str) -> String {
    let mut quoted = String::with_capacity(word.len() + 2);
    quoted.push('\'');
    for c in word.chars() {
        match c {
            '\'' => quoted.push_str("'\\''"),
            c if acts(c) => {
                let bytes = c.to_string().into_bytes();
                let bytes: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
                quoted.push_str(&format!("'$'{bytes}''"));
            }
            c => quoted.push(c),
        }
    }
    quoted.push('\'');
    quoted
}

/// Whether a line editor takes it for a key, also between quotes. Not so the line break: the word goes on behind it.
fn acts(c: char) -> bool {
    c.is_control() && c != '\n'
}

/// A word for PowerShell: between single quotes nothing has a meaning but the single quote, which is doubled. PowerShell
/// takes the typographic ones for the same (about_Quoting_Rules). What would act on the line where it is pasted is put in
/// by its number.
pub fn powershell(word: &str) -> String {
    let mut quoted = String::with_capacity(word.len() + 2);
    quoted.push('\'');
    for c in word.chars() {
        if is_quote(c) {
            quoted.push(c);
        }
        if acts(c) {
            quoted.push_str(&format!("' + [char]{} + '", u32::from(c)));
        } else {
            quoted.push(c);
        }
    }
    quoted.push('\'');
    if word.contains(acts) { format!("({quoted})") } else { quoted }
}

/// What PowerShell takes for a single quote.
pub fn is_quote(c: char) -> bool {
    matches!(c, '\'' | '\u{2018}' | '\u{2019}' | '\u{201a}' | '\u{201b}')
}

/// A name for a parameter of PowerShell that takes wildcards, as itself (about_Wildcards: the backtick escapes).
pub fn without_wildcards(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    for c in name.chars() {
        if matches!(c, '*' | '?' | '[' | ']' | '`') {
            plain.push('`');
        }
        plain.push(c);
    }
    plain
}

/// An address in ASCII: what no address may hold is written as its bytes, what is written so already stays.
pub fn percent(address: &str) -> String {
    let mut plain = String::with_capacity(address.len());
    for byte in address.bytes() {
        let is_plain = byte.is_ascii_graphic() && !br#""'<>\^`{|}"#.contains(&byte);
        if is_plain { plain.push(char::from(byte)) } else { plain.push_str(&format!("%{byte:02X}")) }
    }
    plain
}

/// The path of an address out of names: everything but letters, digits and `-._~/` is written as its bytes.
pub fn path(names: &str) -> String {
    let mut plain = String::with_capacity(names.len());
    for byte in names.bytes() {
        let is_plain = byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
        if is_plain { plain.push(char::from(byte)) } else { plain.push_str(&format!("%{byte:02X}")) }
    }
    plain
}

/// A text of JSON in ASCII without a quote of any shell in it: everything else is written as `\u0027`.
pub fn json(text: &str) -> String {
    let mut plain = String::with_capacity(text.len() + 2);
    plain.push('"');
    for c in text.chars() {
        if matches!(c, ' '..='~') && !matches!(c, '"' | '\\' | '\'') {
            plain.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                plain.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    plain.push('"');
    plain
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trials::{Chance, seeds, trials};

    /// What PowerShell makes of a word between single quotes.
    fn read_by_powershell(word: &str) -> Option<String> {
        let mut inner = word.strip_prefix('\'')?.chars().peekable();
        let mut read = String::new();
        while let Some(c) = inner.next() {
            if !is_quote(c) {
                read.push(c);
            } else if inner.peek().is_some_and(|next| is_quote(*next)) {
                inner.next();
                read.push(c);
            } else {
                return inner.next().is_none().then_some(read);
            }
        }
        None
    }

    fn hostile(chance: &mut Chance) -> String {
        let marks = [
            '\'', '"', '\\', '$', '`', '!', '\u{2019}', '\u{2018}', '\u{201b}', '@', '-', ' ', '\n', '%',
            '{', ';', '*', 'é', '𝕏', 'a',
        ];
        (0..chance.below(14)).map(|_| *chance.pick(&marks)).collect()
    }

    #[test]
    fn a_word_for_powershell_is_read_as_it_was() {
        let seeds = seeds(trials(5_000, 1_000_000));
        for &seed in &seeds {
            let word = hostile(&mut Chance::new(seed));
            assert_eq!(read_by_powershell(&powershell(&word)).as_deref(), Some(word.as_str()), "seed {seed}");
        }
        println!("{} words for PowerShell, seeds 1 to {}", seeds.len(), seeds.len());
    }

    #[test]
    fn nothing_in_a_word_is_a_key_where_it_is_pasted() {
        let word = "a\u{15}b\u{1b}\u{9b}'\nc";
        assert_eq!(posix(word), r"'a'$'\x15''b'$'\x1b'''$'\xc2\x9b'''\''".to_owned() + "\nc'");
        assert_eq!(powershell(word), "('a' + [char]21 + 'b' + [char]27 + '' + [char]155 + '''\nc')");
    }

    #[test]
    fn json_is_read_as_it_was_and_holds_no_quote_of_a_shell() {
        let seeds = seeds(trials(5_000, 1_000_000));
        for &seed in &seeds {
            let text = hostile(&mut Chance::new(seed));
            let written = json(&text);
            assert_eq!(serde_json::from_str::<String>(&written).unwrap(), text);
            assert!(written.is_ascii() && !written.contains('\''), "{written}");
        }
        println!("{} texts as JSON, seeds 1 to {}", seeds.len(), seeds.len());
    }

    #[test]
    fn addresses_become_ascii_and_wildcards_lose_their_meaning() {
        assert_eq!(
            percent("https://m/a b'c/é?x=1&y={2}#z%20"),
            "https://m/a%20b%27c/%C3%A9?x=1&y=%7B2%7D#z%20"
        );
        assert_eq!(path("a/b c?d#e%f"), "a/b%20c%3Fd%23e%25f");
        assert_eq!(without_wildcards("a*[b]?`"), "a`*`[b`]`?``");
    }
}
