//! What waits leaves in order, whatever it is made of: acts by chance, judged by a plain list of bytes.

use proptest::prelude::*;

use super::*;

#[derive(Debug)]
struct Crate(usize, Vec<u8>);

impl Parcel for Crate {
    fn payload(&self) -> &[u8] {
        &self.1
    }
}

#[derive(Debug, Clone)]
enum Act {
    Copy(usize),
    Lend(usize),
    Note,
    Write(usize),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        (1..40_usize).prop_map(Act::Copy),
        (0..40_usize).prop_map(Act::Lend),
        Just(Act::Note),
        (0..90_usize).prop_map(Act::Write),
    ]
}

/// The number of a parcel that came back.
fn number_of(delivery: Delivery) -> usize {
    let parcel: Box<dyn std::any::Any> = delivery.parcel;
    parcel.downcast::<Crate>().unwrap().0
}

/// What waits, in order.
fn waiting(outbox: &Outbox) -> Vec<u8> {
    let mut all = Vec::new();
    outbox.copy_all(&mut all);
    all
}

proptest! {
    #[test]
    fn e10_lent_and_copied_bytes_leave_in_order_and_parcels_come_back_when_theirs_have(
        acts in prop::collection::vec(act(), 1..60),
    ) {
        let mut outbox = Outbox::default();
        let mut delivered = VecDeque::new();
        // Every byte that was ever queued, and where each parcel may come back.
        let (mut queued, mut due, mut written) = (Vec::new(), Vec::new(), 0);
        let mut next = 0_u8;
        let mut fresh = |count: usize| -> Vec<u8> {
            (0..count).map(|_| { next = next.wrapping_add(1); next }).collect()
        };
        for act in acts {
            match act {
                Act::Copy(count) => {
                    let bytes = fresh(count);
                    outbox.output.append(&bytes).unwrap();
                    queued.extend(bytes);
                }
                Act::Lend(count) => {
                    let bytes = fresh(count);
                    queued.extend(&bytes);
                    outbox.stow_payload(7, Box::new(Crate(due.len(), bytes)));
                    due.push(queued.len());
                }
                Act::Note => {
                    outbox.stow_note(7, Box::new(Crate(due.len(), Vec::new())));
                    due.push(queued.len());
                }
                Act::Write(count) => {
                    let count = count.min(outbox.len());
                    outbox.advance(count, &mut delivered);
                    written += count;
                }
            }
            prop_assert_eq!(outbox.len(), queued.len() - written);
            prop_assert_eq!(waiting(&outbox), &queued[written..]);
        }
        let early = delivered.len();
        prop_assert!(due[..early].iter().all(|due| *due <= written));
        outbox.take_over(&mut delivered);
        prop_assert_eq!(outbox.output.unsent(), &queued[written..]);
        let results: Vec<bool> = delivered.iter().map(|one| one.result.is_ok()).collect();
        prop_assert!(results.iter().zip(&due).all(|(is_ok, due)| *is_ok == (*due <= written)));
        prop_assert!(delivered.into_iter().map(number_of).eq(0..due.len()));
    }
}
