use slugs::slugify;

#[test]
fn words_are_joined() {
    assert_eq!(slugify("Hello, World"), "hello-world");
}

#[test]
fn no_hyphen_at_the_ends() {
    assert_eq!(slugify("  --Hi there!--  "), "hi-there");
}

#[test]
fn runs_become_one_hyphen() {
    assert_eq!(slugify("a -- b"), "a-b");
}

#[test]
fn only_punctuation_is_empty() {
    assert_eq!(slugify("?!"), "");
}
