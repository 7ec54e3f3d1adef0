import { type HtmlText, htmlText } from "./html-text.ts";

/** The longest page that is read, in bytes; more is cut off. */
export const MAX_PAGE_BYTES = 1024 * 1024;

const TEXT_TYPE =
  /^(?:text\/|application\/(?:[\w.-]{1,80}\+)?(?:json|xml|yaml|toml)$|application\/(?:javascript|ecmascript|x-sh|x-yaml|sql|rtf)$)/;

/** Tells whether a media type is text, which a model can read; one that is not named counts as text. */
export function isTextType(mediaType: string): boolean {
  return mediaType === "" || TEXT_TYPE.test(mediaType);
}

/** Splits a header such as `text/html; charset=utf-8` into its media type in small letters and the charset, which is empty where it is not named. */
export function contentTypeOf(header: string): { readonly mediaType: string; readonly charset: string } {
  const [mediaType = ""] = header.slice(0, 300).split(";");
  const charset = /charset=["']?([\w.:-]{1,40})/i.exec(header.slice(0, 300))?.[1] ?? "";
  return { mediaType: mediaType.trim().toLowerCase(), charset };
}

/** Makes readable text of a page: of HTML what a reader sees, of everything else the text itself. */
export async function pageText(bytes: Uint8Array, contentType: string, url: URL): Promise<HtmlText> {
  const { mediaType, charset } = contentTypeOf(contentType);
  const isHtml = mediaType === "text/html" || mediaType === "application/xhtml+xml";
  const text = decoded(bytes, charset || (isHtml ? charsetInHead(bytes) : ""));
  const plain = isHtml ? await htmlText(text, url) : { text, isCut: false };
  return { ...plain, text: plain.text.replaceAll("\r\n", "\n").replace(/[\x00-\x08\x0b-\x1f\x7f]/g, "") };
}

function charsetInHead(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 1024)).toString("latin1");
  return /<meta[^>]{0,200}charset=["']?([\w.:-]{1,40})/i.exec(head)?.[1] ?? "";
}

function decoded(bytes: Uint8Array, charset: string): string {
  try {
    return new TextDecoder(charset || "utf-8").decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}
