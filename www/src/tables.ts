// A table that a phone shows as cards: each cell carries its column's title.
import { element } from "./element";

export type Cell = Node | string;

export function table(caption: string, columns: readonly string[], rows: readonly (readonly Cell[])[]): HTMLElement {
  return element(
    "div",
    { class: "table-box" },
    element(
      "table",
      {},
      element("caption", { class: "visually-hidden" }, caption),
      element("thead", {}, element("tr", {}, ...columns.map((title) => element("th", { scope: "col" }, title)))),
      element("tbody", {}, ...tableRows(columns, rows)),
    ),
  );
}

/** Rows for a table that grows. */
export function tableRows(columns: readonly string[], rows: readonly (readonly Cell[])[]): HTMLTableRowElement[] {
  return rows.map((cells) => element("tr", {}, ...cells.map((cell, at) => cellOf(cell, columns[at] ?? "", at === 0))));
}

function cellOf(cell: Cell, title: string, isFirst: boolean): HTMLElement {
  return isFirst ? element("th", { scope: "row" }, cell) : element("td", { "data-title": title }, element("div", { class: "cell" }, cell));
}

/** A word in a small frame. */
export function tag(words: string, look = ""): HTMLElement {
  return element("span", { class: `tag ${look}` }, words);
}
