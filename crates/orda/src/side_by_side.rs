//! The same work on many files, on all processors, with the results in the order of the files.
//!
//! Reading and checking a project use it; serving requests has its own workers.

use std::num::NonZero;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

/// What one thread should have to do at least: for less, starting it costs more than it saves.
const FILES_PER_THREAD: usize = 8;
/// Trees are as deep as the parser lets them be; every thread has the room that a main thread has.
const STACK_BYTES: usize = 8 << 20;

/// Does `work` for each of the files. The threads take the next file when they are done with one, so that a long file
/// holds up nobody.
pub fn side_by_side<'f, F: Sync, R: Send>(files: &'f [F], work: impl Fn(&'f F) -> R + Sync) -> Vec<R> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = processors.min(files.len() / FILES_PER_THREAD);
    if threads < 2 {
        return files.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let take = || {
        let mut done = Vec::with_capacity(files.len() / threads);
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(number) else { return done };
            done.push((number, work(file)));
        }
    };
    let mut done = thread::scope(|scope| {
        // Where no thread can be had, those there are do all of it.
        let start = || thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, take).ok();
        let helpers: Vec<_> = (1..threads).filter_map(|_| start()).collect();
        let mut done = take();
        for helper in helpers {
            done.extend(helper.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        }
        done
    });
    done.sort_unstable_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, result)| result).collect()
}

#[cfg(test)]
mod tests {
    use super::side_by_side;

    #[test]
    fn results_are_in_the_order_of_the_files() {
        for count in [0, 1, 15, 16, 1000] {
            let files: Vec<usize> = (0..count).collect();
            let expected: Vec<usize> = files.iter().map(|file| file * 3).collect();
            assert_eq!(side_by_side(&files, |file| file * 3), expected);
        }
    }

    #[test]
    #[should_panic(expected = "file 900")]
    fn a_panic_on_any_thread_is_the_callers() {
        let files: Vec<usize> = (0..1000).collect();
        side_by_side(&files, |file| assert_ne!(*file, 900, "file {file}"));
    }
}
