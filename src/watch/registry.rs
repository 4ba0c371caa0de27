//! Live children by number. Pure: holds any value, knows no process.
//!
//! A number is a place and the place's generation. JavaScript may use a number after its child was reaped
//! (`kill` after `exit`), and the place may have a new tenant by then: the generation tells them apart. Free
//! places are used again in the order in which they became free, so that a generation returns as late as possible.

use std::collections::VecDeque;

const PLACE_BITS: u32 = 20;
const PLACE_MASK: i32 = (1 << PLACE_BITS) - 1;
const GENERATIONS: i32 = 1 << (31 - PLACE_BITS);

struct Place<T> {
    generation: i32,
    tenant: Option<T>,
}

/// Values by number.
pub struct Registry<T> {
    places: Vec<Place<T>>,
    free: VecDeque<i32>,
}

impl<T> Default for Registry<T> {
    fn default() -> Self {
        Registry { places: Vec::new(), free: VecDeque::new() }
    }
}

impl<T> Registry<T> {
    /// Takes the value in; gives it back when a million others are in.
    pub fn insert(&mut self, tenant: T) -> Result<i32, T> {
        // A few places rest before they are used again.
        const RESTING: usize = 64;
        if self.free.len() <= RESTING && self.places.len() <= PLACE_MASK as usize {
            self.places.push(Place { generation: 0, tenant: Some(tenant) });
            return Ok(self.places.len() as i32 - 1);
        }
        let Some(at) = self.free.pop_front() else { return Err(tenant) };
        let place = &mut self.places[at as usize];
        place.tenant = Some(tenant);
        Ok(place.generation << PLACE_BITS | at)
    }

    fn place(&mut self, id: i32) -> Option<&mut Place<T>> {
        let place = self.places.get_mut((id & PLACE_MASK) as usize)?;
        (place.generation == id >> PLACE_BITS).then_some(place)
    }

    /// The value of `id`, unless it was removed.
    pub fn get(&mut self, id: i32) -> Option<&mut T> {
        self.place(id)?.tenant.as_mut()
    }

    /// Takes the value of `id` out.
    pub fn remove(&mut self, id: i32) -> Option<T> {
        let place = self.place(id)?;
        let tenant = place.tenant.take()?;
        place.generation = (place.generation + 1) % GENERATIONS;
        self.free.push_back(id & PLACE_MASK);
        Some(tenant)
    }

    /// Takes all values out.
    pub fn drain(&mut self) -> Vec<T> {
        let ids: Vec<i32> = (0..self.places.len())
            .filter(|at| self.places[*at].tenant.is_some())
            .map(|at| self.places[at].generation << PLACE_BITS | at as i32)
            .collect();
        ids.into_iter().filter_map(|id| self.remove(id)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_removed_number_stays_dead_when_its_place_is_used_again() {
        let mut r = Registry::default();
        let mut dead = Vec::new();
        for n in 0..10_000 {
            let id = r.insert(n).unwrap();
            assert!(id >= 0);
            assert_eq!(r.get(id), Some(&mut n.clone()));
            assert_eq!(r.remove(id), Some(n));
            assert_eq!(r.remove(id), None);
            dead.push(id);
        }
        assert!(dead.iter().all(|id| r.get(*id).is_none()));
        assert!(r.places.len() < 100, "places are used again");
    }

    #[test]
    fn live_values_keep_their_numbers_while_others_come_and_go() {
        let mut r = Registry::default();
        let kept: Vec<i32> = (0..500).map(|n| r.insert(n).unwrap()).collect();
        for _ in 0..3 {
            let passing: Vec<i32> = (0..500).map(|n| r.insert(1000 + n).unwrap()).collect();
            for id in passing {
                r.remove(id);
            }
        }
        for (n, id) in kept.iter().enumerate() {
            assert_eq!(r.get(*id), Some(&mut (n as i32)));
        }
        assert_eq!(r.drain().len(), 500);
        assert!(kept.iter().all(|id| r.get(*id).is_none()));
    }

    #[test]
    fn numbers_that_were_never_given_are_unknown() {
        let mut r = Registry::<()>::default();
        assert_eq!(r.get(0), None);
        assert_eq!(r.remove(-1), None);
        assert_eq!(r.get(i32::MAX), None);
    }
}
