//! The rules of a nest, by a clock that the tests set.
#![allow(clippy::unwrap_used)]

use super::*;

fn at(milliseconds: u64) -> Duration {
    Duration::from_millis(milliseconds)
}

fn row(title: &str, count: u64, began: u64) -> Row {
    let mut row = Row::new(title.into(), Some(50), DELAY, at(began));
    row.count = count;
    row
}

fn text(emission: &Emission) -> String {
    match emission {
        Emission::First(output) | Emission::Next(output) => {
            output.get("text/plain").unwrap().into()
        }
        Emission::Line(line) => line.clone(),
    }
}

fn html(emission: &Emission) -> String {
    match emission {
        Emission::First(output) | Emission::Next(output) => output.get("text/html").unwrap().into(),
        Emission::Line(line) => panic!("a plain line: {line}"),
    }
}

#[test]
fn a_bar_appears_late_and_moves_ten_times_a_second() {
    let mut board = Board::new(true);
    let place = board.open(row("Training", 0, 0));
    let sent: Vec<(u64, Emission)> = (1..=1000)
        .filter_map(|now| Some((now, board.tick(place, &row("Training", now / 20, 0), at(now))?)))
        .collect();
    let times: Vec<u64> = sent.iter().map(|(now, _)| *now).collect();
    assert_eq!(times, [200, 300, 400, 500, 600, 700, 800, 900, 1000]);
    assert!(matches!(sent[0].1, Emission::First(_)));
    assert!(sent[1..].iter().all(|(_, emission)| matches!(emission, Emission::Next(_))));
}

#[test]
fn the_last_state_is_sent_whatever_the_rate() {
    let mut board = Board::new(true);
    let place = board.open(row("Training", 0, 0));
    board.tick(place, &row("Training", 49, 0), at(300)).unwrap();
    let last = board.close(place, &row("Training", 50, 0), Ending::Done, at(301)).unwrap();
    assert!(matches!(last, Emission::Next(_)));
    assert!(text(&last).starts_with("Training: 50/50, 0.3 s"), "{last:?}");
}

#[test]
fn short_work_leaves_nothing_and_longer_work_its_line() {
    let mut board = Board::new(true);
    let place = board.open(row("Training", 0, 0));
    assert_eq!(board.close(place, &row("Training", 50, 0), Ending::Done, at(199)), None);
    let mut board = Board::new(true);
    let place = board.open(row("Training", 0, 0));
    let last = board.close(place, &row("Training", 50, 0), Ending::Done, at(200)).unwrap();
    assert!(matches!(last, Emission::First(_)), "never shown before");
}

#[test]
fn plain_lines_are_few() {
    let mut board = Board::new(false);
    let place = board.open(row("Training", 0, 0));
    let times: Vec<u64> = (0..=12_000)
        .filter(|now| board.tick(place, &row("Training", 7, 0), at(*now)).is_some())
        .collect();
    assert_eq!(times, [5000, 10_000]);
    let last = board.close(place, &row("Training", 17, 0), Ending::Stopped, at(12_001)).unwrap();
    assert_eq!(last, Emission::Line(text(&last)));
    assert!(text(&last).starts_with("Training: stopped at 17/50 after 12.0 s"), "{last:?}");
}

#[test]
fn an_inner_bar_comes_below_and_goes() {
    let mut board = Board::new(true);
    let outer = board.open(row("Epochs", 3, 0));
    let inner = board.open(row("Batches", 0, 1000));
    let both = board.tick(inner, &row("Batches", 5, 1000), at(1300)).unwrap();
    assert!(text(&both).contains("Epochs") && text(&both).contains("› Batches"), "{both:?}");
    let page = html(&both);
    let (above, below) = page.split_once("Batches").unwrap();
    assert!(above.contains("padding-left:0.0em") && above.contains("padding-left:1.5em"), "{page}");
    assert!(below.contains("5/50"));
    assert_eq!(board.close(inner, &row("Batches", 50, 1000), Ending::Done, at(1350)), None);
    let alone = board.tick(outer, &row("Epochs", 4, 0), at(1500)).unwrap();
    assert!(!text(&alone).contains("Batches"), "{alone:?}");
    let last = board.close(outer, &row("Epochs", 50, 0), Ending::Done, at(2000)).unwrap();
    assert_eq!(text(&last).lines().count(), 1);
}

#[test]
fn an_inner_bar_that_has_just_begun_is_not_shown() {
    let mut board = Board::new(true);
    let outer = board.open(row("Epochs", 3, 0));
    let inner = board.open(row("Batches", 0, 900));
    let state = board.tick(inner, &row("Batches", 5, 900), at(1000)).unwrap();
    assert!(!text(&state).contains("Batches"), "{state:?}");
    assert!(board.tick(outer, &row("Epochs", 3, 0), at(1050)).is_none());
}

#[test]
fn an_inner_bar_that_outlives_the_outer_one_is_silent() {
    let mut board = Board::new(true);
    let outer = board.open(row("Epochs", 3, 0));
    let inner = board.open(row("Batches", 0, 0));
    assert!(board.close(outer, &row("Epochs", 50, 0), Ending::Done, at(1000)).is_some());
    assert!(!board.is_open());
    assert_eq!(board.tick(inner, &row("Batches", 5, 0), at(2000)), None);
    assert_eq!(board.close(inner, &row("Batches", 5, 0), Ending::Done, at(2000)), None);
}

#[test]
fn bars_find_their_nest_and_leave_it() {
    let outer = Progress::new("Epochs", 3);
    let inner = Progress::new("Batches", 3);
    assert!(Arc::ptr_eq(&outer.shared, &inner.shared));
    let elsewhere = std::thread::spawn(|| Progress::new("Other thread", 1)).join().unwrap();
    assert!(!Arc::ptr_eq(&outer.shared, &elsewhere.shared));
    let nest = outer.nest();
    let helper = std::thread::spawn(move || {
        nest.enter();
        Progress::new("Helping thread", 1)
    });
    assert!(Arc::ptr_eq(&outer.shared, &helper.join().unwrap().shared));
    drop(outer);
    let next = Progress::new("Epochs", 3);
    assert!(!Arc::ptr_eq(&inner.shared, &next.shared));
}

#[test]
fn an_iterator_yields_everything_and_counts_it() {
    let items: Vec<u32> = progress("Reading", 0..1000).collect();
    assert_eq!(items, (0..1000).collect::<Vec<_>>());
    let mut odd = progress("Odd", (0..10).filter(|number| number % 2 == 1));
    assert_eq!(odd.by_ref().count(), 5);
    assert!(!odd.interrupted());
    assert_eq!(odd.next(), None);
}

#[test]
fn an_interrupt_ends_the_iterator() {
    interrupt::with_request(|_| {
        let mut items = progress("Reading", 0..1000);
        assert_eq!(items.next(), None);
        assert!(items.interrupted());
        assert_eq!(items.next(), None);
        let mut nothing = progress("Reading", 0..0);
        assert_eq!(nothing.next(), None);
        assert!(!nothing.interrupted());
    });
    assert_eq!(progress("Reading", 0..3).count(), 3);
}

#[test]
fn a_bar_can_be_kept_and_sent() {
    fn storable<T: Send + 'static>(_: &T) {}
    storable(&Progress::unbounded("Waiting"));
    storable(&progress("Reading", 0..3));
}
