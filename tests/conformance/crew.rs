//! Threads that run jobs so that none can end or hold up the run: a panic is caught, and a job that takes too long is left behind.

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

/// Far above what a case within its limits takes, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(60);
const STACK_BYTES: usize = 16 * 1024 * 1024;
const NAME: &str = "case";

/// How a job ended.
pub enum Ending<R> {
    Done(R),
    Panicked(String),
    TimedOut,
}

enum Event<R> {
    Started(usize),
    Ended(usize, Ending<R>),
}

struct Work<J, R> {
    jobs: Vec<J>,
    next: AtomicUsize,
    run: fn(&J) -> R,
}

/// Runs every job; the endings are in the order of the jobs.
pub fn run<J, R>(jobs: Vec<J>, run: fn(&J) -> R) -> Vec<(J, Ending<R>)>
where
    J: Clone + Send + Sync + 'static,
    R: Send + 'static,
{
    keep_panics_quiet();
    let work = Arc::new(Work { jobs, next: AtomicUsize::new(0), run });
    let (sender, events) = channel();
    for _ in 0..thread::available_parallelism().map_or(1, |count| count.get().min(8)) {
        start(&work, &sender);
    }
    let count = work.jobs.len();
    let mut endings: BTreeMap<usize, Ending<R>> = BTreeMap::new();
    let mut running: BTreeMap<usize, Instant> = BTreeMap::new();
    while endings.len() < count {
        match events.recv_timeout(Duration::from_secs(1)) {
            Ok(Event::Started(job)) => {
                running.insert(job, Instant::now());
            }
            Ok(Event::Ended(job, ending)) => {
                // A job that was given up keeps that ending.
                if running.remove(&job).is_some() {
                    endings.insert(job, ending);
                }
            }
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => break,
        }
        let late: Vec<usize> =
            running.iter().filter(|(_, since)| since.elapsed() > PATIENCE).map(|(&job, _)| job).collect();
        for job in late {
            running.remove(&job);
            endings.insert(job, Ending::TimedOut);
            start(&work, &sender);
        }
    }
    let jobs = work.jobs.clone();
    jobs.into_iter().zip(endings.into_values()).collect()
}

fn start<J, R>(work: &Arc<Work<J, R>>, sender: &Sender<Event<R>>)
where
    J: Send + Sync + 'static,
    R: Send + 'static,
{
    let (work, sender) = (Arc::clone(work), sender.clone());
    let thread = thread::Builder::new().name(NAME.to_owned()).stack_size(STACK_BYTES).spawn(move || {
        loop {
            let index = work.next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = work.jobs.get(index) else { break };
            let _ = sender.send(Event::Started(index));
            let ending = match catch_unwind(AssertUnwindSafe(|| (work.run)(job))) {
                Ok(result) => Ending::Done(result),
                Err(panic) => Ending::Panicked(words(panic.as_ref())),
            };
            if sender.send(Event::Ended(index, ending)).is_err() {
                break;
            }
        }
    });
    if let Err(error) = thread {
        eprintln!("conformance: no thread could be started: {error}");
        std::process::exit(1);
    }
}

fn words(panic: &(dyn std::any::Any + Send)) -> String {
    panic
        .downcast_ref::<String>()
        .cloned()
        .or_else(|| panic.downcast_ref::<&str>().map(|&words| words.to_owned()))
        .unwrap_or_else(|| "a panic without words".to_owned())
}

/// A panic inside of a case is counted; elsewhere it is shown as ever.
fn keep_panics_quiet() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if thread::current().name() != Some(NAME) {
                before(panic);
            }
        }));
    });
}
