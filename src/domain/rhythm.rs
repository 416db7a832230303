//! Whether backups keep coming as they used to, and as large. A schedule that stopped is seen here before the recovery
//! point objective is missed, and a torn backup before somebody needs it. Measured against the instance's own past:
//! nothing is said of an instance with too little of it.

use std::fmt;

use jiff::{SignedDuration, Timestamp};

use super::backup::Backup;
use super::{duration, size};

/// Fewer backups than this have no rhythm.
const ENOUGH: usize = 5;

/// Something that is not as it used to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Irregularity {
    /// The next backup should be there by now.
    Overdue {
        /// The age of the newest.
        age: SignedDuration,
        /// The median distance between two.
        usual: SignedDuration,
    },
    /// The newest is less than half or more than twice as large as its kind.
    OddSize {
        /// Its name.
        name: String,
        /// Its size in bytes.
        size: u64,
        /// The median of the others, in bytes.
        usual: u64,
    },
    /// For a while there was none. The longest such while.
    Gap {
        /// The last backup before it.
        from: Timestamp,
        /// How long it was.
        length: SignedDuration,
        /// The median distance between two.
        usual: SignedDuration,
    },
}

impl fmt::Display for Irregularity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Overdue { age, usual } => write!(
                f,
                "the newest backup is {} old, and one used to come every {}",
                duration::short(*age),
                duration::whole(*usual)
            ),
            Self::OddSize { name, size, usual } => {
                write!(f, "{name} has {}, the others about {}", size::short(*size), size::short(*usual))
            }
            Self::Gap { from, length, usual } => write!(
                f,
                "no backup for {} after {}, and one used to come every {}",
                duration::short(*length),
                from.strftime("%Y-%m-%d %H:%M UTC"),
                duration::whole(*usual)
            ),
        }
    }
}

/// What is not as it used to be among the usable backups of one instance: at most one of each kind.
pub fn irregularities<'a>(
    backups: impl IntoIterator<Item = &'a Backup>,
    now: Timestamp,
) -> Vec<Irregularity> {
    let usable = backups.into_iter().filter(|it| it.is_usable(now));
    let mut points: Vec<(Timestamp, &Backup)> =
        usable.filter_map(|it| it.taken.map(|taken| (taken.at, it))).collect();
    points.sort_by_key(|(at, _)| *at);
    let Some((newest_at, newest)) = points.last().copied().filter(|_| points.len() >= ENOUGH) else {
        return Vec::new();
    };
    let distances: Vec<SignedDuration> =
        points.windows(2).map(|pair| pair[1].0.duration_since(pair[0].0)).collect();
    let usual = median(distances.clone()).unwrap_or_default();
    let age = now.duration_since(newest_at);
    let overdue = (age > usual * 2).then_some(Irregularity::Overdue { age, usual });
    let longest = distances.iter().enumerate().max_by_key(|(_, distance)| **distance);
    let gap = longest.filter(|(_, length)| **length > usual * 3).map(|(at, length)| Irregularity::Gap {
        from: points[at].0,
        length: *length,
        usual,
    });
    let others = points[..points.len() - 1].iter().filter_map(|(_, it)| it.blob.size).collect();
    let odd = newest.blob.size.zip(median(others)).and_then(|(size, usual)| {
        let is_odd = size < usual / 2 || size / 2 > usual;
        is_odd.then(|| Irregularity::OddSize { name: newest.blob.address.name.clone(), size, usual })
    });
    overdue.into_iter().chain(odd).chain(gap).collect()
}

fn median<T: Ord + Copy>(mut all: Vec<T>) -> Option<T> {
    all.sort_unstable();
    all.get(all.len() / 2).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::backup::samples::backup;

    fn now() -> Timestamp {
        "2026-11-23T12:00:00Z".parse().unwrap()
    }

    /// Backups so many hours old, each with so many MiB.
    fn found(points: &[(i64, u64)]) -> Vec<String> {
        let all: Vec<Backup> = points
            .iter()
            .map(|&(hours, mebibytes)| {
                let mut backup = backup("apim-core", hours, now());
                backup.blob.size = Some(mebibytes << 20);
                backup
            })
            .collect();
        irregularities(&all, now()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_comes_as_it_used_to_is_not_mentioned() {
        let daily = [(10, 231), (34, 230), (58, 233), (82, 231), (107, 229)];
        assert!(found(&daily).is_empty());
        assert!(found(&[]).is_empty());
        // Four are too few to tell.
        assert!(found(&[(100, 1), (101, 231), (102, 231), (600, 231)]).is_empty());
        // The expired do not count.
        assert!(found(&[(10, 5), (34, 5), (58, 5), (82, 5), (800, 900)]).is_empty());
    }

    #[test]
    fn a_schedule_that_stopped_a_torn_backup_and_a_gap_are_told() {
        let stopped = [(49, 231), (73, 230), (97, 233), (121, 231), (145, 229)];
        assert_eq!(found(&stopped), ["the newest backup is 2d01h old, and one used to come every 24h"]);
        let torn = [(10, 3), (34, 230), (58, 233), (82, 231), (106, 229)];
        assert!(found(&torn)[0].ends_with("has 3.0 MiB, the others about 231 MiB"), "{torn:?}");
        let swollen = [(10, 470), (34, 230), (58, 233), (82, 231), (106, 229)];
        assert!(found(&swollen)[0].ends_with("has 470 MiB, the others about 231 MiB"), "{swollen:?}");
        let gap = [(10, 231), (34, 230), (58, 233), (82, 231), (106, 229), (202, 231)];
        assert_eq!(
            found(&gap),
            ["no backup for 4d00h after 2026-11-15 02:00 UTC, and one used to come every 24h"]
        );
        let twice = [(10, 470), (34, 230), (58, 233), (82, 231), (106, 229), (202, 231)];
        assert_eq!(found(&twice).len(), 2);
    }
}
