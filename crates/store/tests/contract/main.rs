//! The contract of a store, as cases that every engine has to pass.
//!
//! A case is a function that takes an [`Engine`]; the macro below runs all of them on each engine. A new engine is
//! one more line there.

#![expect(clippy::unwrap_used, reason = "a case that can't go on has failed")]

mod contents;
mod crud;
mod filters;
mod fixture;
mod migration;
mod oracle;
mod random;
mod transactions;

use fixture::Engine;

/// Tests of an engine; they pass where the engine isn't installed.
macro_rules! tests {
    ($engine:ident: $($module:ident :: { $($case:ident),* $(,)? })*) => {
        mod $engine {
            $($(
                #[test]
                fn $case() {
                    if let Some(engine) = crate::Engine::$engine() {
                        crate::$module::$case(&engine);
                    }
                }
            )*)*
        }
    };
}

/// All cases on each engine.
macro_rules! contract {
    ($($engine:ident)*) => {
        $(tests! { $engine:
            crud::{
                an_entity_is_created_read_changed_and_dropped,
                every_type_comes_back_as_it_went,
                stamps_protect_from_lost_updates,
                unique_and_mandatory_attributes_are_enforced,
                null_becomes_blank_where_the_field_says_so,
                values_of_a_wrong_type_are_refused,
                sequences_never_repeat,
                acknowledged_data_survives_reopening,
                relations_decide_what_a_drop_takes_along,
                circles_of_relations_are_dropped_once,
                tracked_changes_get_a_global_stamp,
                rows_come_in_the_order_asked_for,
                long_texts_are_compared_to_their_end,
                long_names_stay_apart,
            }
            contents::{
                lengths_are_read_without_the_bytes,
                parts_make_up_the_whole,
                parts_are_of_one_moment,
            }
            filters::{
                searched_indexes_are_named,
                text_ignores_case_and_accents,
                wildcards_match_anywhere,
                null_follows_its_own_rules,
                lists_may_hold_anything,
                numbers_dates_and_booleans_compare,
                uuids_compare_as_texts,
                relations_are_followed_both_ways,
                relations_join_texts_as_texts,
                objects_are_searched,
                order_puts_null_first_and_breaks_ties_by_creation,
                pages_know_the_total,
                values_are_aggregated,
                values_of_every_type_have_a_smallest,
                values_inside_objects_are_aggregated,
                very_wide_filters_are_answered,
            }
            transactions::{
                a_rollback_takes_everything_back,
                levels_nest,
                others_see_nothing_before_the_commit,
                a_dropped_connection_takes_back,
                concurrent_saves_are_all_kept,
                a_failed_save_leaves_the_transaction_usable,
                a_second_writer_waits_and_then_gives_up,
            }
            migration::{
                new_tables_fields_and_indexes_are_made,
                renames_keep_their_data,
                wider_types_keep_their_data,
                losses_are_refused_with_the_whole_list,
            }
            oracle::{
                random_filters_agree_with_memory,
                random_patterns_agree_with_memory,
                random_queries_agree_with_memory,
            }
        })*
    };
}

contract! { sqlite postgres }
