//! The order in which a child's descriptors get their numbers.
//!
//! A source may itself have a number that is another source's target: with 1 and 2 swapped, or with the parent's 0
//! closed so that a new pipe got it, a plain row of `dup2` overwrites what it still needs. Every such
//! source is first duplicated above all targets. The plan is made before the child is born and is pure: tests run
//! it on a table instead of a process.
//!
//! What the list does not name is left alone, as Node leaves it: descriptors without close-on-exec stay open
//! in the child.

use crate::child::image::Action;

/// What one descriptor of the child is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// Nothing; the three standard ones become /dev/null.
    Ignore,
    /// A duplicate of this descriptor of the parent.
    Fd(i32),
}

/// The plan for a child whose descriptor i is `sources[i]`.
#[derive(Debug, PartialEq, Eq)]
pub struct Plan {
    /// In this order.
    pub actions: Vec<Action>,
    /// How many duplicates must be remembered.
    pub saved: usize,
    /// The first number above all targets.
    pub above: i32,
}

impl Plan {
    /// Makes the plan.
    pub fn new(sources: &[Source]) -> Plan {
        let above = sources.len().max(3) as i32;
        let mut actions = Vec::with_capacity(sources.len() + 4);
        let mut saved: Vec<i32> = Vec::new();
        for (target, source) in targets(sources) {
            if let Source::Fd(fd) = source
                && (0..above).contains(&fd)
                && fd != target
                && !saved.contains(&fd)
            {
                actions.push(Action::Save { fd, slot: saved.len() });
                saved.push(fd);
            }
        }
        for (target, source) in targets(sources) {
            actions.push(match source {
                Source::Ignore if target > 2 => continue,
                Source::Ignore => Action::Null { target },
                Source::Fd(fd) if fd == target => Action::Keep { fd },
                Source::Fd(fd) => match saved.iter().position(|s| *s == fd) {
                    Some(slot) => Action::PlaceSaved { slot, target },
                    None => Action::Place { fd, target },
                },
            });
        }
        Plan { actions, saved: saved.len(), above }
    }
}

fn targets(sources: &[Source]) -> impl Iterator<Item = (i32, Source)> {
    sources.iter().enumerate().map(|(target, source)| (target as i32, *source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// A process's descriptor table: number -> (what it is open on, close-on-exec).
    type Table = BTreeMap<i32, (String, bool)>;

    fn run(plan: &Plan, table: &mut Table) {
        let mut saved = vec![-1; plan.saved];
        for action in &plan.actions {
            match *action {
                Action::Save { fd, slot } => {
                    let free = (plan.above..).find(|n| !table.contains_key(n)).unwrap();
                    let file = table[&fd].0.clone();
                    table.insert(free, (file, true));
                    saved[slot] = free;
                }
                Action::Place { fd, target } => {
                    assert_ne!(fd, target, "dup3 refuses equal numbers");
                    let file = table[&fd].0.clone();
                    table.insert(target, (file, false));
                }
                Action::PlaceSaved { slot, target } => {
                    let file = table[&saved[slot]].0.clone();
                    table.insert(target, (file, false));
                }
                Action::Keep { fd } => table.get_mut(&fd).unwrap().1 = false,
                Action::Null { target } => {
                    table.insert(target, ("null".into(), false));
                }
            }
        }
        table.retain(|_, (_, close_on_exec)| !*close_on_exec);
    }

    fn parent(open: impl IntoIterator<Item = i32>) -> Table {
        open.into_iter().map(|n| (n, (format!("file {n}"), true))).collect()
    }

    fn check(sources: &[Source], open: &[i32]) {
        let mut table = parent(open.iter().copied());
        run(&Plan::new(sources), &mut table);
        let mut expected = Table::new();
        for (target, source) in targets(sources) {
            match source {
                Source::Fd(fd) => {
                    expected.insert(target, (format!("file {fd}"), false));
                }
                Source::Ignore if target < 3 => {
                    expected.insert(target, ("null".into(), false));
                }
                Source::Ignore => {}
            }
        }
        assert_eq!(table, expected, "sources {sources:?} with {open:?} open");
    }

    #[test]
    fn every_choice_of_sources_for_five_descriptors_gives_each_target_its_own() {
        // Each of 5 targets takes one of: ignore, or descriptors 0 to 5, or one far above. 8^5 plans hold every
        // permutation, every swap and every alias.
        let open: Vec<i32> = (0..=5).chain([9]).collect();
        let choices: Vec<Source> =
            std::iter::once(Source::Ignore).chain(open.iter().map(|n| Source::Fd(*n))).collect();
        for number in 0..choices.len().pow(5) {
            let mut rest = number;
            let sources: Vec<Source> = (0..5)
                .map(|_| {
                    let choice = choices[rest % choices.len()];
                    rest /= choices.len();
                    choice
                })
                .collect();
            check(&sources, &open);
        }
    }

    #[test]
    fn every_permutation_of_six_descriptors_works() {
        fn permute(rest: &mut Vec<i32>, at: usize) {
            if at == rest.len() {
                check(&rest.iter().map(|n| Source::Fd(*n)).collect::<Vec<_>>(), &[0, 1, 2, 3, 4, 5]);
            }
            for other in at..rest.len() {
                rest.swap(at, other);
                permute(rest, at + 1);
                rest.swap(at, other);
            }
        }
        permute(&mut (0..6).collect(), 0);
    }

    #[test]
    fn new_descriptors_that_fell_into_closed_standard_places_are_not_lost() {
        check(&[Source::Fd(2), Source::Fd(0), Source::Fd(1)], &[0, 1, 2]);
        check(&[Source::Fd(1), Source::Ignore, Source::Fd(1)], &[1]);
        check(&[Source::Ignore, Source::Fd(0), Source::Fd(0)], &[0, 7]);
    }

    #[test]
    fn the_common_case_needs_no_duplicates() {
        let plan = Plan::new(&[Source::Fd(20), Source::Fd(22), Source::Fd(24)]);
        assert_eq!(plan.saved, 0);
        assert_eq!(plan.actions.len(), 3);
        assert_eq!(Plan::new(&[Source::Fd(0), Source::Fd(1), Source::Fd(2)]).saved, 0);
    }
}
