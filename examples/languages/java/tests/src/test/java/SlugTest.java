import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class SlugTest {
  @Test
  void wordsAreJoined() {
    assertEquals("hello-world", Slug.slugify("Hello, World"));
  }

  @Test
  void noHyphenAtTheEnds() {
    assertEquals("hi-there", Slug.slugify("  --Hi there!--  "));
  }

  @Test
  void runsBecomeOneHyphen() {
    assertEquals("a-b", Slug.slugify("a -- b"));
  }

  @Test
  void onlyPunctuationIsEmpty() {
    assertEquals("", Slug.slugify("?!"));
  }
}
