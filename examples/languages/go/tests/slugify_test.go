package slugs

import "testing"

func TestSlugify(t *testing.T) {
	for _, one := range []struct{ name, title, slug string }{
		{"words", "Hello, World", "hello-world"},
		{"ends", "  --Hi there!--  ", "hi-there"},
		{"runs", "a -- b", "a-b"},
		{"punctuation", "?!", ""},
	} {
		t.Run(one.name, func(t *testing.T) {
			if got := Slugify(one.title); got != one.slug {
				t.Errorf("Slugify(%q) = %q, want %q", one.title, got, one.slug)
			}
		})
	}
}
