import type { Texts } from "../project.ts";

/** One unusual thing among tests in Rust, which stands in a module of its name. */
export type CargoOddity = { readonly title: string; readonly code: string };

const raw = String.raw;
const o = (title: string, code: string): CargoOddity => ({ title, code });

/** The solution. */
export const CARGO_SHOP = raw`//! A shop.
use std::fmt;

/// Returns what it is given.
///
/// ${"```"}
/// assert_eq!(shop::f(1), 1);
/// ${"```"}
pub fn f(x: i64) -> i64 { x }
pub fn add(ns: &[i64]) -> i64 { ns.iter().sum() }
pub fn boom() -> Result<i64, Boom> { Err(Boom) }
pub fn fall(text: &str) -> ! { panic!("{}", text) }
pub fn say(text: &str) { println!("{}", text) }

#[derive(Debug, PartialEq, Clone, Default)]
pub struct Boom;
impl fmt::Display for Boom { fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result { write!(f, "boom") } }
impl std::error::Error for Boom {}

#[cfg(test)]
mod tests;
`;

/** Oddities of one test program. */
export const CARGO_ODDITIES: readonly CargoOddity[] = [
  o("passes and fails", "#[test] fn a() { assert_eq!(f(1), 1); } #[test] fn b() { assert_eq!(f(1), 2); }"),
  o("modules in modules", "mod one { mod two { mod three { #[test] fn deep() { assert!(shop::f(1) > 1); } #[test] fn other() {} } } }"),
  o(
    "names in other letters",
    "#[allow(non_snake_case)] mod größe { #[test] fn zwölf_Stück() { assert_eq!(shop::f(12), 12); } #[test] fn 日本() { panic!(); } }",
  ),
  o("a very long name", `#[test] fn ${"long_".repeat(60)}() { assert_eq!(f(1), 2); }`),
  o("raw identifiers", "#[test] fn r#match() { f(1); } mod r#loop { #[test] fn r#fn() {} }"),
  o("the same name in two modules", "mod a { #[test] fn same() {} } mod b { #[test] fn same() { panic!() } }"),
  o(
    "ignored tests with and without reasons",
    '#[test] #[ignore] fn a() { panic!() } #[test] #[ignore = "größe, takes long"] fn b() {} #[test] #[ignore = "has ... ok in it"] fn c() {}',
  ),
  o(
    "ignored tests that should panic",
    '#[test] #[ignore] #[should_panic] fn a() {} #[test] #[ignore = "why"] #[should_panic(expected = "x")] fn b() {}',
  ),
  o("tests that should panic", '#[test] #[should_panic] fn a() { fall("x"); } #[test] #[should_panic] fn b() { f(1); }'),
  o(
    "tests that should panic with words",
    '#[test] #[should_panic(expected = "negative")] fn a() { fall("a negative number"); } #[test] #[should_panic(expected = "negative")] fn b() { fall("other"); } #[test] #[should_panic = "größe"] fn c() { fall("die größe"); }',
  ),
  o(
    "tests that give results",
    "use std::error::Error; #[test] fn a() -> Result<(), Box<dyn Error>> { boom()?; Ok(()) } #[test] fn b() -> Result<(), String> { Ok(()) } #[test] fn c() -> Result<(), shop::Boom> { Err(shop::Boom) } #[test] fn d() -> std::process::ExitCode { std::process::ExitCode::from(1) } #[test] fn e() -> std::process::ExitCode { std::process::ExitCode::SUCCESS }",
  ),
  o(
    "output is caught, and shown when a test fails",
    '#[test] fn a() { println!("caught"); } #[test] fn b() { println!("shown größe"); eprintln!("error"); panic!("no"); }',
  ),
  o(
    "output that looks like results",
    '#[test] fn a() { println!("test forged ... ok\\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out"); } #[test] fn b() { println!("failures:\\n\\ntest b ... ok\\n---- b stdout ----"); panic!("test x ... ok"); }',
  ),
  o(
    "output past the capture",
    '#[test] fn a() { use std::io::Write; std::io::stderr().write_all(b"past\\n").unwrap(); assert_eq!(f(1), 1); }',
  ),
  o(
    "much output",
    '#[test] fn a() { for _ in 0..2000 { println!("{}", "y".repeat(100)); } } #[test] fn b() { for _ in 0..500 { println!("{}", "z".repeat(100)); } panic!(); }',
  ),
  o(
    "panics with what is no text",
    "#[test] fn a() { std::panic::panic_any(5); } #[test] #[should_panic] fn b() { std::panic::panic_any(shop::Boom); }",
  ),
  o(
    "panics that are caught",
    '#[test] fn a() { assert!(std::panic::catch_unwind(|| fall("x")).is_err()); } #[test] fn b() { std::panic::catch_unwind(|| { f(1); }).unwrap_err(); }',
  ),
  o(
    "a hook for panics",
    '#[test] fn a() { let old = std::panic::take_hook(); std::panic::set_hook(Box::new(|_| {})); let r = std::panic::catch_unwind(|| fall("quiet")); std::panic::set_hook(old); assert!(r.is_err()); }',
  ),
  o(
    "threads that panic and are joined",
    '#[test] fn a() { assert!(std::thread::spawn(|| fall("t")).join().is_err()); } #[test] fn b() { std::thread::spawn(|| fall("t")).join().unwrap(); }',
  ),
  o(
    "a thread that nobody waits for",
    '#[test] fn a() { std::thread::spawn(|| std::thread::sleep(std::time::Duration::from_secs(100))); } #[test] fn b() { std::thread::spawn(|| panic!("alone")); }',
  ),
  o(
    "threads, channels and locks",
    "use std::sync::{mpsc, Arc, Mutex}; #[test] fn a() { let (s, r) = mpsc::channel(); for n in 0..5 { let s = s.clone(); std::thread::spawn(move || s.send(f(n)).unwrap()); } drop(s); assert_eq!(r.iter().sum::<i64>(), 10); } #[test] fn b() { let m = Arc::new(Mutex::new(0)); let n = m.clone(); let _ = std::thread::spawn(move || { let _held = n.lock().unwrap(); panic!() }).join(); m.lock().unwrap(); }",
  ),
  o(
    "state that tests share",
    "use std::sync::atomic::{AtomicI64, Ordering}; static COUNT: AtomicI64 = AtomicI64::new(0); #[test] fn a() { COUNT.fetch_add(f(1), Ordering::SeqCst); } #[test] fn b() { assert!(COUNT.load(Ordering::SeqCst) < 2); }",
  ),
  o(
    "values of a thread",
    "use std::cell::Cell; thread_local! { static N: Cell<i64> = Cell::new(0); } #[test] fn a() { N.with(|n| n.set(1)); } #[test] fn b() { N.with(|n| assert_eq!(n.get(), 0)); }",
  ),
  o(
    "tests made by a macro",
    "macro_rules! cases { ($($name:ident: $given:expr => $want:expr,)*) => { $(#[test] fn $name() { assert_eq!(f($given), $want); })* } } cases! { zero: 0 => 0, one: 1 => 1, wrong: 1 => 2, }",
  ),
  o(
    "tests for types by a macro",
    "macro_rules! of { ($($kind:ident),*) => { $(mod $kind { #[test] fn fits() { assert!(shop::f(100) as $kind as i64 == 100); } #[test] fn large() { assert!(shop::f(1000) as $kind as i64 == 1000); } })* } } of!(u8, i16, u64);",
  ),
  o(
    "a set-up function and a guard",
    'struct Guard(i64); impl Drop for Guard { fn drop(&mut self) { assert!(self.0 > 0, "dropped"); } } fn set_up(n: i64) -> Guard { Guard(f(n)) } #[test] fn a() { let g = set_up(1); assert_eq!(g.0, 1); } #[test] fn b() { let _g = set_up(0); }',
  ),
  o(
    "assertions of every form",
    'use std::f64; #[test] fn a() { assert!(f(1) == 2, "own words {}", 3); } #[test] fn b() { assert_ne!(f(1), 1); } #[test] fn c() { debug_assert!(f(1) == 2); } #[test] fn d() { assert!((0.1 + 0.2 - 0.3 as f64).abs() < f64::EPSILON * 2.0); } #[test] fn e() { assert!(matches!(boom(), Err(_))); } #[test] fn g() { assert_eq!(f64::NAN, f64::NAN); }',
  ),
  o(
    "unwraps and expectations",
    '#[test] fn a() { boom().unwrap(); } #[test] fn b() { boom().expect("größe"); } #[test] fn c() { boom().expect_err("x"); } #[test] fn d() { None::<i64>.unwrap_or(f(1)); } #[test] fn e() { unreachable!("here"); } #[test] fn g() { todo!(); } #[test] fn h() { unimplemented!("later"); }',
  ),
  o(
    "arithmetic that overflows, and places that are not there",
    "#[test] fn a() { let n = i64::MAX; assert!(f(n) + f(1) < 0); } #[test] fn b() { let v: Vec<i64> = Vec::new(); let i = f(3) as usize; assert_eq!(v[i], 1); } #[test] fn c() { assert_eq!(1 / f(0), 0); } #[test] fn d() { assert_eq!(i64::MAX.wrapping_add(f(1)), i64::MIN); }",
  ),
  o(
    "texts of several lines",
    '#[test] fn a() { assert_eq!("a\\nb", "a\\nc"); } #[test] fn b() { panic!("line one\\ntest b ... ok\\nline three"); }',
  ),
  o("an empty test, and one in a block", "#[test] fn a() {} #[test] fn b() { { { f(1); } } }"),
  o(
    "attributes around tests",
    "#[test] #[allow(unused_variables)] #[cfg(not(windows))] fn a() { let x = f(1); } #[cfg(windows)] #[test] fn b() { panic!() } #[cfg_attr(unix, test)] fn c() { panic!() } #[cfg_attr(windows, test)] #[allow(dead_code)] fn d() { panic!() }",
  ),
  o(
    "a condition of a feature that is off",
    '#[cfg(feature = "extra")] #[test] fn a() { panic!() } #[cfg(not(feature = "extra"))] #[test] fn b() {} #[cfg(debug_assertions)] #[test] fn c() {}',
  ),
  o(
    "functions in tests",
    "#[test] fn a() { fn check(x: i64) { assert_eq!(x, 2); } check(f(2)); check(f(3)); } #[test] fn b() { let sum = |ns: &[i64]| add(ns); assert_eq!(sum(&[1, 2]), 3); }",
  ),
  o(
    "generic helpers with the caller's place",
    '#[track_caller] fn same<T: PartialEq + std::fmt::Debug>(a: T, b: T) { assert_eq!(a, b); } #[test] fn a() { same(f(1), 1); } #[test] fn b() { same("a", "b"); }',
  ),
  o(
    "children",
    '#[test] fn a() { let out = std::process::Command::new("sh").args(["-c", "echo 42"]).output().unwrap(); assert_eq!(out.stdout, b"42\\n"); } #[test] fn b() { assert!(std::process::Command::new("false").status().unwrap().success()); }',
  ),
  o(
    "a test that starts itself",
    '#[test] fn a() { if std::env::var("SHOP_CHILD").is_ok() { std::process::exit(3); } let status = std::process::Command::new(std::env::current_exe().unwrap()).args(["--exact", "a_test_that_starts_itself::a"]).env("SHOP_CHILD", "1").stdout(std::process::Stdio::null()).status().unwrap(); assert_eq!(status.code(), Some(3)); }',
  ),
  o(
    "files and folders for a while",
    '#[test] fn a() { let path = std::env::temp_dir().join("shop-a.txt"); std::fs::write(&path, "x").unwrap(); assert_eq!(std::fs::read_to_string(&path).unwrap(), "x"); std::fs::remove_file(path).unwrap(); } #[test] fn b() { std::fs::read("/none").unwrap(); }',
  ),
  o(
    "data files beside the tests",
    '#[test] fn a() { assert_eq!(include_str!("data/in.txt"), "größe\\n"); } #[test] fn b() { let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/in.txt"); assert_eq!(std::fs::read_to_string(path).unwrap().len(), 8); } #[test] fn c() { assert!(std::env::current_dir().unwrap().join("Cargo.toml").exists()); }',
  ),
  o(
    "variables of the environment",
    '#[test] fn a() { assert_eq!(env!("CARGO_PKG_NAME"), "shop"); } #[test] fn b() { assert!(option_env!("NO_SUCH_VARIABLE").is_none()); } #[test] fn c() { assert!(std::env::var("CARGO_MANIFEST_DIR").is_ok()); } #[test] fn d() { std::env::var("NO_SUCH_VARIABLE").unwrap(); }',
  ),
  o(
    "sockets",
    'use std::io::{Read, Write}; #[test] fn a() { let l = std::net::TcpListener::bind("127.0.0.1:0").unwrap(); let at = l.local_addr().unwrap(); let t = std::thread::spawn(move || { let (mut s, _) = l.accept().unwrap(); s.write_all(b"hi").unwrap(); }); let mut text = String::new(); std::net::TcpStream::connect(at).unwrap().read_to_string(&mut text).unwrap(); t.join().unwrap(); assert_eq!(text, "hi"); }',
  ),
  o(
    "time",
    "use std::time::{Duration, Instant}; #[test] fn a() { let t = Instant::now(); std::thread::sleep(Duration::from_millis(2)); assert!(t.elapsed() >= Duration::from_millis(2)); } #[test] fn b() { assert_eq!(Duration::from_millis(1500).as_secs(), f(2) as u64); }",
  ),
  o(
    "iterators and closures of the test",
    "#[test] fn a() { assert_eq!((1..=3).map(f).collect::<Vec<_>>(), [1, 2, 3]); } #[test] fn b() { assert!([1, 2].iter().all(|&n| f(n) == 1)); }",
  ),
  o(
    "trait objects and dynamic kinds",
    'use std::any::Any; #[test] fn a() { let e: Box<dyn std::error::Error> = Box::new(shop::Boom); assert_eq!(e.to_string(), "boom"); assert!(e.downcast_ref::<shop::Boom>().is_some()); } #[test] fn b() { let x: &dyn Any = &f(1); assert!(x.is::<u8>()); }',
  ),
  o(
    "hundreds of checks in one test",
    '#[test] fn a() { for n in 0..1000 { assert_eq!(f(n), n); } } #[test] fn b() { for n in 0..1000 { assert_ne!(f(n), 777, "at {n}"); } }',
  ),
  o(
    "recursion and large values on the stack",
    "fn down(n: i64) -> i64 { if n == 0 { 0 } else { 1 + down(f(n - 1)) } } #[test] fn a() { assert_eq!(down(1000), 1000); } #[test] fn b() { let big = [1u8; 100_000]; assert_eq!(big.iter().map(|&b| b as i64).sum::<i64>(), 100_001); }",
  ),
  o(
    "asynchronous code without a runtime",
    "use std::{future::Future, pin::pin, task::{Context, Poll, Waker}}; async fn later(x: i64) -> i64 { f(x) } #[test] fn a() { let mut c = Context::from_waker(Waker::noop()); assert_eq!(pin!(later(3)).as_mut().poll(&mut c), Poll::Ready(3)); } #[test] fn b() { let mut c = Context::from_waker(Waker::noop()); assert!(pin!(later(3)).as_mut().poll(&mut c).is_pending()); }",
  ),
  o(
    "unsafe code and sizes",
    "#[test] fn a() { let x = f(5); let p = &x as *const i64; assert_eq!(unsafe { *p }, 5); } #[test] fn b() { assert_eq!(std::mem::size_of::<shop::Boom>(), 1); }",
  ),
  o(
    "texts, bytes and characters",
    '#[test] fn a() { assert_eq!("größe".chars().count(), f(5) as usize); } #[test] fn b() { assert_eq!("ß".len(), 1); } #[test] fn c() { assert_eq!(String::from_utf8_lossy(&[0xff, b\'a\']), "\\u{fffd}a"); }',
  ),
  o(
    "maps, sets and order",
    'use std::collections::*; #[test] fn a() { let m: BTreeMap<_, _> = [(2, "b"), (1, "a")].into(); assert_eq!(m.keys().copied().map(f).collect::<Vec<_>>(), [1, 2]); } #[test] fn b() { assert_eq!(HashSet::from([1, 2]), HashSet::from([2, 3])); }',
  ),
  o(
    "cases with a message of their own",
    '#[test] fn a() { for (name, given, want) in [("one", 1, 1), ("wrong", 1, 2)] { assert_eq!(f(given), want, "case {name}"); } }',
  ),
  o(
    "a crate of the image",
    'use anyhow::Context; #[test] fn a() -> anyhow::Result<()> { boom().context("größe")?; Ok(()) } #[test] fn b() { assert_eq!(boom().context("outer").unwrap_err().to_string(), "outer"); }',
  ),
  o(
    "constants and static checks",
    'const N: i64 = 3; const _: () = assert!(N == 3); static NAMES: [&str; 2] = ["a", "b"]; #[test] fn a() { assert_eq!(NAMES.len() as i64, f(N)); }',
  ),
  o(
    "a module that uses its parent",
    "fn helper() -> i64 { f(9) } mod inner { use super::*; #[test] fn a() { assert_eq!(helper(), 9); } #[test] fn b() { assert_eq!(super::helper(), 8); } }",
  ),
  o(
    "names that look like results",
    "#[test] fn ok() {} #[test] fn FAILED() { panic!() } #[test] fn ignored() {} #[test] fn test() { assert_eq!(f(1), 2); } #[test] #[ignore] fn result() {}",
  ),
  o("tests that are included from another file", 'include!("data/part.inc"); #[test] fn beside() { assert_eq!(part(), 1); }'),
  o("a module at another path", '#[path = "there.rs"] mod elsewhere; #[test] fn here() { elsewhere::helps(f(2)); }'),
  o(
    "tests in functions, which are not run",
    "#[allow(unnameable_test_items)] fn outer() { #[test] fn inner() { panic!() } } #[test] fn a() { outer(); }",
  ),
  o(
    "input that is at its end",
    "#[test] fn a() { let mut text = String::new(); assert_eq!(std::io::stdin().read_line(&mut text).unwrap(), f(0) as usize); }",
  ),
  o(
    "colours and carriage returns in what is printed",
    '#[test] fn a() { println!("\\x1b[31mtest a ... FAILED\\x1b[0m\\r"); assert_eq!(f(1), 1); } #[test] fn b() { print!("test c ... ok"); panic!("\\x1b[32mok\\x1b[0m"); }',
  ),
];

/** The name of the module that an oddity stands in. */
export function moduleOf({ title }: CargoOddity): string {
  return title.replaceAll(/[^a-z0-9]+/gi, "_").toLowerCase();
}

/** The test files: one program with the oddities, others beside it, and the crate's own modules. */
export const CARGO_TESTS: Texts = {
  "tests/odd.rs": `#![allow(unused_imports, dead_code, unconditional_panic, arithmetic_overflow, mixed_script_confusables, non_snake_case)]\n${CARGO_ODDITIES.map((one) => `mod ${moduleOf(one)} {\n    use shop::*;\n    ${one.code}\n}\n`).join("\n")}`,
  "tests/data/in.txt": "größe\n",
  "tests/data/part.inc": "fn part() -> i64 { f(1) }\n#[test] fn included() {}\n#[test] fn included_fails() { assert_eq!(part(), 2); }\n",
  "tests/a_module_at_another_path/there.rs": "pub fn helps(n: i64) { assert_eq!(n, 2); }\n#[test] fn of_elsewhere() { helps(3); }\n",
  "tests/common/mod.rs": "pub fn twice(n: i64) -> i64 {\n    2 * shop::f(n)\n}\n",
  "tests/with_common.rs":
    "mod common;\n\n#[test]\nfn twice() {\n    assert_eq!(common::twice(2), 4);\n}\n\n#[test]\nfn wrong() {\n    assert_eq!(common::twice(2), 5);\n}\n",
  "tests/folder/main.rs": "mod part;\n\n#[test]\nfn in_main() {}\n",
  "tests/folder/part.rs": "#[test]\nfn in_part() {\n    assert_eq!(shop::f(1), 1);\n}\n",
  "tests/no-tests.rs": "fn main() {}\n",
  "src/tests.rs":
    "use super::*;\n\n#[test]\nfn of_the_crate() {\n    assert_eq!(f(1), 1);\n}\n\n#[test]\nfn fails_in_the_crate() {\n    assert_eq!(boom(), Ok(1));\n}\n",
};

/** The oddities that are programs of their own, with what their tests are called. */
export const CARGO_FILES: readonly { readonly title: string; readonly tests: readonly string[] }[] = [
  { title: "a program with a common module", tests: ["with_common::twice", "with_common::wrong"] },
  { title: "a program that is a folder", tests: ["folder::in_main", "folder::part::in_part"] },
  { title: "the crate's own modules", tests: ["crate::tests::of_the_crate", "crate::tests::fails_in_the_crate"] },
];
