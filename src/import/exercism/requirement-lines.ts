import { readText } from "../../files/file.ts";
import { isFile } from "../../files/folder.ts";
import { type Place, placeInside } from "../../files/place.ts";

/** Reads the lines of a file of an exercise without the space around them; none where there is no such file. Throws UserError when it cannot be read. */
export function linesOf(folder: Place, path: string): readonly string[] {
  const place = placeInside(folder, path);
  return isFile(place)
    ? readText(place)
        .split("\n")
        .map((line) => line.trim())
    : [];
}
