/// Turns a title into a slug.
pub fn slugify(_title: &str) -> String {
    unimplemented!()
}
