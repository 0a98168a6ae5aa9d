//! The tests that are about data, once more on PostgreSQL.
//!
//! Where PostgreSQL isn't installed they pass, and say so.

use tessera_rest::{Request, prepare};

use crate::project::open;
use crate::server::on_postgres;

/// Which requests are handed to a worker: an entity, a page, a lock, the catalog.
fn handed_over() -> [bool; 4] {
    let server = open();
    ["/Company(1)", "/Company?$top=1", "/Company(1)?$lock=true", "/$catalog"].map(|target| {
        let request = Request::get(target);
        let session = server.application.sessions.resolve(None, &request.address).session;
        prepare(&server.application, session, request).needs_worker()
    })
}

#[test]
fn nobody_who_serves_the_network_waits_for_another_machine() {
    assert_eq!(handed_over(), [false; 4]);
    on_postgres(|| assert_eq!(handed_over(), [true, true, true, false]));
}

/// Tests of other modules, run with their servers' data on PostgreSQL.
macro_rules! again {
    ($($module:ident :: { $($test:ident),* $(,)? })*) => {
        $(mod $module {
            $(
                #[test]
                fn $test() {
                    crate::server::on_postgres(crate::$module::$test);
                }
            )*
        })*
    };
}

again! {
    vectors::{
        vectors_are_arrays_and_found_by_likeness,
    }
    read::{
        an_entity_has_its_header_and_attributes,
        keys_of_any_kind_are_understood,
        names_are_case_sensitive_and_unknown_ones_are_named,
        pages_are_counted,
        filters_speak_the_query_language,
        relations_are_deferred_or_expanded,
        attribute_lists_keep_key_and_stamp,
        odd_requests_get_one_clear_answer,
    }
    long_lists::{
        a_long_list_is_its_pages_put_together,
        many_bytes_come_in_pieces_of_known_length,
    }
    write::{
        an_object_without_key_creates_an_entity,
        an_update_changes_what_it_names_and_counts_the_stamp,
        a_wrong_stamp_is_refused_and_shows_what_is_stored,
        arrays_are_answered_in_order,
        validation_leaves_the_data_alone,
        deletion_needs_a_key_or_a_filter,
        malformed_bodies_are_refused,
    }
    compute::{
        a_computation_is_a_bare_number_or_an_object,
        computations_reach_into_objects,
        what_can_not_be_computed_is_said,
        computing_is_reading,
        different_values_come_once_and_in_order,
        an_array_has_no_header,
        a_page_becomes_a_table_for_looker_studio,
    }
    entity_sets::{
        a_set_is_the_whole_filtered_and_ordered_selection,
        a_set_narrowed_is_another_selection,
        members_are_references,
        a_set_lives_as_long_as_it_is_used,
        a_set_that_is_gone_is_made_again_from_what_the_client_saved,
        sets_are_combined,
        a_relation_becomes_a_set_of_its_own_dataclass,
        a_set_is_its_sessions_own,
        functions_take_and_give_sets,
        a_set_is_deleted_as_one,
        one_entity_is_no_set,
    }
    content::{
        an_upload_becomes_a_picture_and_is_sent_again,
        a_picture_is_sent_once,
        an_empty_picture_is_an_empty_body,
        blobs_go_in_and_out_byte_by_byte,
        an_attribute_takes_a_body_directly_and_is_emptied,
        an_upload_that_is_not_there_is_named,
        a_function_takes_an_upload,
        code_reads_the_bytes_that_a_page_leaves_out,
        what_is_long_is_read_while_it_is_sent,
        what_is_saved_while_it_is_sent_is_broken_off,
        contents_are_protected_like_any_attribute,
    }
    events::{
        events_come_in_their_order,
        nothing_touched_is_saved_by_nobody_and_told_to_saving,
        an_event_that_refuses_ends_the_save,
        saving_may_change_what_is_saved,
        an_error_in_touched_and_after_the_fact_changes_nothing,
        clients_set_events_off_and_hear_of_refusals,
        dropping_is_asked_and_told,
    }
    locks::{
        a_lock_keeps_others_away_until_it_is_given_back,
        a_lock_ends_with_its_session,
        what_can_not_be_locked_is_said,
        code_locks_for_its_process,
    }
    finer::{
        a_null_date_is_null,
        an_alias_of_an_own_attribute_can_be_written,
        computed_attributes_are_searched_and_sorted_by_their_functions,
        what_leads_to_entities_is_shown_as_a_relation,
        hidden_is_hidden_and_invisible_is_not,
        what_is_tracked_leaves_a_trace_when_it_goes,
        nothing_tracked_has_no_stamp,
        answers_are_utf8_without_a_mark,
        habits_of_the_ancestors_that_are_not_kept,
    }
}
