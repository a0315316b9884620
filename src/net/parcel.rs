//! What goes with a message beyond its bytes: memory that its owner lends, and the owner's wish to
//! be told what became of it.

use std::any::Any;
use std::fmt::Debug;

use super::slots::Id;
use crate::protocol::error::ErrorCode;

/// What the owner of a loop sends along with a message, and gets back when the message has been
/// dealt with. It may come from another thread.
pub trait Parcel: Any + Debug + Send {
    /// The bytes of the message, if they are lent rather than copied.
    fn payload(&self) -> &[u8];
}

/// A parcel that goes back to its owner.
#[derive(Debug)]
pub struct Delivery {
    /// The connection that it was for, which may be gone.
    pub id: Id,
    /// The parcel.
    pub parcel: Box<dyn Parcel>,
    /// Whether the system has taken all of the message, or why that will not be known.
    pub result: Result<(), ErrorCode>,
}
