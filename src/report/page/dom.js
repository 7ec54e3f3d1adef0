/** Makes an element. Children are elements or texts, and texts stay texts: nothing is ever read as HTML. */
export function h(name, attributes = {}, ...children) {
  return dressed(document.createElement(name), attributes, children);
}

/** Makes an element of a drawing. */
export function svg(name, attributes = {}, ...children) {
  return dressed(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);
}

function dressed(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name, value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat(4).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Finds a place of the frame by its name. */
export function place(id) {
  return document.getElementById(id);
}

/** Makes a list that can be opened, closed at first unless told otherwise. */
export function folded(summary, content, isOpen = false) {
  return h("details", { open: isOpen }, h("summary", {}, summary), content);
}

/** Writes "1 task", "2 tasks". */
export function counted(count, noun) {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}

/** Lets a name break before its `@`, where an arm's name ends and its run begins. */
export function breakable(name) {
  return name.split(/(?=@)/).flatMap((part, index) => (index === 0 ? [part] : [h("wbr"), part]));
}
