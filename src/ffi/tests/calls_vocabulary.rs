//! The calls of the vocabulary: names, constants, opcodes.

use super::super::constants::*;
use super::super::names::*;
use super::super::opcode::*;
use super::calls::*;

pub(super) const CALLS: Calls =
    Calls { on_loops: &[], with_status: &[], with_value: WITH_VALUE, others: &[] };

const WITH_VALUE: &[(&str, ValueCall)] = value_calls! {
    oxws_state_name(6) is is_null;
    oxws_close_state_name(0) is is_null;
    oxws_role_name(1) is is_null;
    oxws_protocol_guid() is is_there;
    oxws_protocol_version() is is_there;
    oxws_opcode_name(1) is is_null;
    oxws_opcode_is_control(8) is |answer| answer == 0;
    oxws_opcode_is_reserved(3) is |answer| answer == 0;
};
