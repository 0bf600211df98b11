use super::*;
use crate::control::Control;

struct Shelf {
    folder: tempfile::TempDir,
    cache: Cache,
}

fn shelf(most_bytes: u64) -> Shelf {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(&folder.path().join("cache"), most_bytes).unwrap();
    Shelf { folder, cache }
}

fn key(name: &str) -> Key {
    KeyOf::kind("test").word(name).done()
}

/// Makes an entry look as if it had last been used so many seconds ago.
fn age(cache: &Cache, name: &str, seconds: u64) {
    let file = File::options().write(true).open(cache.path(&key(name))).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(seconds)).unwrap();
}

#[test]
fn what_is_kept_comes_back_as_it_was_and_nothing_else_does() {
    let Shelf { folder, cache } = shelf(1_000_000);
    let (made, back) = (folder.path().join("made"), folder.path().join("back"));
    fs::write(&made, vec![7; 300_000]).unwrap();
    assert!(!cache.fetch(&key("a"), &back) && !back.exists());
    cache.keep(&key("a"), &made);
    assert!(cache.fetch(&key("a"), &back));
    assert_eq!(fs::read(&back).unwrap(), vec![7; 300_000]);
    assert!(!cache.fetch(&key("a"), &back), "what is there is not written over");
    cache.keep_word(&key("w"), b"word");
    assert_eq!(cache.word(&key("w")).as_deref(), Some(b"word".as_slice()));
    assert_eq!(cache.word(&key("a")), None, "that is no word");
}

#[test]
fn a_damaged_entry_is_noticed_and_removed() {
    let Shelf { cache, .. } = shelf(1_000_000);
    let name = cache.path(&key("a"));
    let damages: [fn(&mut Vec<u8>); 6] = [
        |bytes| bytes[3] ^= 1,
        |bytes| *bytes.last_mut().unwrap() ^= 0x80,
        |bytes| bytes.truncate(40),
        |bytes| bytes.truncate(5),
        |bytes| bytes.push(0),
        Vec::clear,
    ];
    for (number, damage) in damages.iter().enumerate() {
        cache.keep_word(&key("a"), b"a word of some length");
        let mut bytes = fs::read(&name).unwrap();
        damage(&mut bytes);
        fs::write(&name, bytes).unwrap();
        assert_eq!(cache.word(&key("a")), None, "{number}");
        assert!(!name.exists(), "{number}");
    }
    // Nor is one taken for another.
    cache.keep_word(&key("a"), b"a");
    fs::rename(&name, cache.path(&key("b"))).unwrap();
    assert_eq!(cache.word(&key("b")), None);
}

#[test]
fn it_never_takes_more_than_it_may_and_the_longest_unused_goes_first() {
    let Shelf { folder, cache } = shelf(100_000);
    let made = folder.path().join("made");
    fs::write(&made, vec![1; 30_000]).unwrap();
    for (name, ago) in [("a", 300), ("b", 200), ("c", 100)] {
        cache.keep(&key(name), &made);
        age(&cache, name, ago);
    }
    // What is used stays.
    assert!(cache.fetch(&key("a"), &folder.path().join("back")));
    cache.keep(&key("d"), &made);
    assert!(cache.bytes() <= 100_000, "{}", cache.bytes());
    let there = ["a", "b", "c", "d"].map(|name| cache.path(&key(name)).exists());
    assert_eq!(there, [true, false, true, true]);
    fs::write(&made, vec![1; 60_000]).unwrap();
    cache.keep(&key("large"), &made);
    assert!(!cache.path(&key("large")).exists(), "one entry may not take the place of all others");
    let smaller = Cache::open(&folder.path().join("cache"), 40_000).unwrap();
    assert!(smaller.bytes() <= 40_000);
    cache.clear();
    assert_eq!(cache.bytes(), 0);
}

#[test]
fn words_are_few_however_small_they_are() {
    let Shelf { cache, .. } = shelf(10 * BLOCK);
    for number in 0..40u32 {
        cache.keep_word(&key(&number.to_string()), &number.to_le_bytes());
    }
    assert_eq!(cache.entries().len(), 10);
}

#[test]
fn deleting_it_at_any_time_costs_the_entries_and_nothing_else() {
    let Shelf { folder, cache } = shelf(1_000_000);
    cache.keep_word(&key("a"), b"a");
    fs::remove_dir_all(folder.path().join("cache")).unwrap();
    assert_eq!(cache.word(&key("a")), None);
    assert_eq!(cache.bytes(), 0);
    cache.keep_word(&key("a"), b"a");
    assert_eq!(cache.word(&key("a")).as_deref(), Some(b"a".as_slice()));
}

#[test]
fn what_a_killed_process_left_goes_when_it_is_old_and_files_of_others_stay() {
    let Shelf { folder, cache } = shelf(1_000_000);
    let place = |name: &str| cache.folder.join(name);
    for name in ["new-old", "new-young", "notes.txt"] {
        fs::write(place(name), "x").unwrap();
    }
    for name in ["new-old", "notes.txt"] {
        let file = File::options().write(true).open(place(name)).unwrap();
        file.set_modified(SystemTime::now() - ABANDONED).unwrap();
    }
    let cache = Cache::open(&folder.path().join("cache"), 0).unwrap();
    cache.clear();
    assert_eq!(["new-old", "new-young", "notes.txt"].map(|name| place(name).exists()), [false, true, true]);
}

#[cfg(unix)]
#[test]
fn nobody_else_may_look_into_it() {
    use std::os::unix::fs::PermissionsExt as _;
    let Shelf { folder, cache } = shelf(1_000_000);
    cache.keep_word(&key("a"), b"a");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let outer = folder.path().join("cache");
    assert_eq!((mode(&outer), mode(&cache.folder), mode(&cache.path(&key("a")))), (0o700, 0o700, 0o600));
    fs::set_permissions(&outer, fs::Permissions::from_mode(0o755)).unwrap();
    Cache::open(&outer, 1_000).unwrap();
    assert_eq!(mode(&outer), 0o700);
}

#[test]
fn writers_and_readers_at_once_see_whole_entries_only() {
    let Shelf { folder, cache } = shelf(300_000);
    let worker = |number: u8| {
        let (cache, folder) = (cache.clone(), folder.path().to_owned());
        std::thread::spawn(move || {
            let made = folder.join(format!("made{number}"));
            for round in 0..40 {
                let name = format!("{}", round % 5);
                let back = folder.join(format!("back{number}-{round}"));
                if cache.fetch(&key(&name), &back) {
                    assert_eq!(fs::read(&back).unwrap(), vec![b'0' + round % 5; 50_000]);
                }
                fs::write(&made, vec![b'0' + round % 5; 50_000]).unwrap();
                cache.keep(&key(&name), &made);
                if round == 20 && number == 0 {
                    let _ = fs::remove_dir_all(folder.join("cache"));
                }
            }
        })
    };
    let workers: Vec<_> = (0..4).map(worker).collect();
    workers.into_iter().for_each(|worker| worker.join().unwrap());
    assert!(cache.bytes() <= 300_000);
}

#[test]
fn a_file_is_known_by_its_bytes() {
    let Shelf { folder, cache } = shelf(1_000_000);
    let control = Control::new();
    let (a, b) = (folder.path().join("a"), folder.path().join("b"));
    fs::write(&a, "one").unwrap();
    fs::write(&b, "one").unwrap();
    let one = cache.content(&a, &control).unwrap();
    assert_eq!(cache.content(&b, &control).unwrap(), one, "whatever it is called");
    // Changed so soon, and to the same length.
    fs::write(&a, "two").unwrap();
    assert_ne!(cache.content(&a, &control).unwrap(), one);
    assert!(cache.content(&folder.path().join("c"), &control).is_err());
    control.cancel();
    assert_eq!(cache.content(&a, &control), Err(Error::Cancelled));
}

#[test]
fn no_two_lists_of_parts_have_one_key() {
    let words = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).to_owned()).collect();
        KeyOf::kind("k").words(&words).done()
    };
    let keys = [
        words(&["ab", "c"]),
        words(&["a", "bc"]),
        words(&["abc"]),
        words(&["abc", ""]),
        KeyOf::kind("k").words(&[]).word("abc").done(),
        KeyOf::kind("kabc").words(&[]).done(),
    ];
    for (number, key) in keys.iter().enumerate() {
        assert!(!keys[..number].contains(key), "{number}");
    }
}

#[cfg(unix)]
#[test]
fn a_file_that_has_settled_is_read_once() {
    let Shelf { cache, .. } = shelf(1_000_000);
    let (shell, control) = (Path::new("/bin/sh"), Control::new());
    let content = cache.content(shell, &control).unwrap();
    let stamp = stamp(shell).unwrap();
    assert_eq!(cache.word(&stamp).as_deref(), Some(content.0.as_slice()));
    cache.keep_word(&stamp, &[9; 32]);
    assert_eq!(cache.content(shell, &control).unwrap(), Digest([9; 32]));
}
