package slugs

import (
	"regexp"
	"strings"
)

var others = regexp.MustCompile(`[^a-z0-9]`)

// Slugify turns a title into a slug.
func Slugify(title string) string {
	return strings.Trim(others.ReplaceAllString(strings.ToLower(title), "-"), "-")
}
