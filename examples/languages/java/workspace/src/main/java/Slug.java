/** Turns titles into slugs. */
public final class Slug {
  private Slug() {}

  public static String slugify(String title) {
    throw new UnsupportedOperationException("not written yet");
  }
}
