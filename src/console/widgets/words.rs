//! Words of one line, each with its role. A screen makes hundreds of them for one frame, so they lie on the stack: only
//! what is longer than a line allocates.

use std::borrow::Cow;
use std::fmt::{self, Display, Write};

use smallstr::SmallString;
use smallvec::SmallVec;

use crate::console::text;
use crate::console::theme::{Role, Theme};

/// Words of one line.
#[derive(Clone, Debug)]
pub(in crate::console) struct Words {
    text: SmallString<[u8; 128]>,
    parts: SmallVec<[Part; 8]>,
}

/// Some of the words: from the end of those before.
#[derive(Clone, Copy, Debug)]
struct Part {
    end: u32,
    origin: Origin,
    role: Role,
}

/// Where words come from, which says what must be done before they are drawn.
#[derive(Clone, Copy, Debug)]
enum Origin {
    /// Words of ours, perhaps with words of others in them.
    Prose,
    /// A name that others gave.
    Name,
    /// What is visible already.
    Shown,
}

impl Words {
    /// No words.
    pub(in crate::console) fn new() -> Self {
        Self { text: SmallString::new(), parts: SmallVec::new() }
    }

    /// One text in one role.
    pub(in crate::console) fn one(role: Role, text: impl Display) -> Self {
        Self::new().and(role, text)
    }

    /// More words.
    #[must_use]
    pub(in crate::console) fn and(self, role: Role, text: impl Display) -> Self {
        self.with(Origin::Prose, role, text)
    }

    /// A name that others gave.
    pub(in crate::console) fn name(role: Role, name: impl Display) -> Self {
        Self::new().and_name(role, name)
    }

    /// And a name that others gave.
    #[must_use]
    pub(in crate::console) fn and_name(self, role: Role, name: impl Display) -> Self {
        self.with(Origin::Name, role, name)
    }

    /// And a name that others gave, in exactly this many columns, the last one blank.
    #[must_use]
    pub(in crate::console) fn and_padded(self, role: Role, name: &str, columns: usize, theme: Theme) -> Self {
        let name = theme.named(name);
        let (kept, mark) = text::fitting(&name, columns - 1, theme.ellipsis());
        let pad = columns.saturating_sub(text::width(kept) + text::width(mark));
        self.with(Origin::Shown, role, format_args!("{kept}{mark}{:pad$}", ""))
    }

    /// Words that were made visible before.
    pub(in crate::console) fn shown(role: Role, words: impl Display) -> Self {
        Self::new().with(Origin::Shown, role, words)
    }

    /// These words, then those.
    #[must_use]
    pub(in crate::console) fn then(mut self, words: Self) -> Self {
        let before = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.text.push_str(&words.text);
        let parts = words.parts.into_iter();
        self.parts.extend(parts.map(|part| Part { end: part.end.saturating_add(before), ..part }));
        self
    }

    /// All of them in one role.
    #[must_use]
    pub(in crate::console) fn in_role(mut self, role: Role) -> Self {
        self.parts.iter_mut().for_each(|part| part.role = role);
        self
    }

    fn with(mut self, origin: Origin, role: Role, text: impl Display) -> Self {
        // Nothing that is shown refuses to be written; if it did, what there is of it would be shown.
        let _: fmt::Result = write!(self.text, "{text}");
        let end = u32::try_from(self.text.len()).unwrap_or(u32::MAX);
        self.parts.push(Part { end, origin, role });
        self
    }

    /// The words as they are drawn, each with its role.
    pub(in crate::console) fn drawn(&self, theme: Theme) -> impl Iterator<Item = (Cow<'_, str>, Role)> {
        let mut start = 0;
        self.parts.iter().map(move |part| {
            let end = part.end as usize;
            let words = self.text.get(start..end).unwrap_or_default();
            start = end;
            let drawn = match part.origin {
                Origin::Prose => theme.spelled(words),
                Origin::Name => theme.named(words),
                Origin::Shown => Cow::Borrowed(words),
            };
            (drawn, part.role)
        })
    }

    /// The words as one visible text.
    pub(in crate::console) fn text(&self, theme: Theme) -> String {
        self.drawn(theme).map(|(words, _)| words).collect()
    }

    /// The columns that they take.
    pub(in crate::console) fn width(&self, theme: Theme) -> usize {
        self.drawn(theme).map(|(words, _)| text::width(&words)).sum()
    }

    /// Gives the words to `draw` piece by piece, cut to `columns`. Returns how many of them they take.
    pub(in crate::console) fn fit(
        &self,
        theme: Theme,
        columns: usize,
        mut draw: impl FnMut(usize, &str, Role),
    ) -> usize {
        let mut used = 0;
        for (words, role) in self.drawn(theme) {
            let (kept, mark) = text::fitting(&words, columns - used, theme.ellipsis());
            for piece in [kept, mark].into_iter().filter(|piece| !piece.is_empty()) {
                draw(used, piece, role);
                used += text::width(piece);
            }
            if kept.len() < words.len() || used >= columns {
                break;
            }
        }
        used
    }
}
