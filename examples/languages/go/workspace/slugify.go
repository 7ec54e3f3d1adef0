package slugs

// Slugify turns a title into a slug.
func Slugify(title string) string {
	panic("not written yet")
}
