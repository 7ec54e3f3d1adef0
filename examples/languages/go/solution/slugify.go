package slugs

import (
	"regexp"
	"strings"
)

var words = regexp.MustCompile(`[a-z0-9]+`)

// Slugify turns a title into a slug.
func Slugify(title string) string {
	return strings.Join(words.FindAllString(strings.ToLower(title), -1), "-")
}
