// SPDX-License-Identifier: MIT
// Shows the forms of a line's code: bytecode, HIR, CIL and machine code, linked by the position of the bytecode. The
// address names what is open, `#f0-8` for line 8 of the first file, so that the browser's own back and links work.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const data = JSON.parse(byId("data").textContent);
  const dock = byId("dock"), forms = byId("forms");
  const FORMS = ["bytecode", "HIR", "CIL", "machine code"];
  let open = null;  // {file, line, choices, choice}
  let mode = "aligned";

  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  }

  // --- the text of the forms -------------------------------------------------------------------------------------

  /** Rows {at, text}: `at` is the code unit of the bytecode that a row belongs to, or null. */
  function rowsOfHir(text) {
    return text.trimEnd().split("\n").map((line) => {
      const found = /^(.*) ; (\d+)$/.exec(line);
      return found ? {at: Number(found[2]), text: found[1].trim()} : {at: null, text: line};
    });
  }
  /** The listings have comments `@18 line 8` where another position begins. */
  function rowsOfListing(text, comment) {
    const rows = [];
    let at = null;
    for (const line of text.trimEnd().split("\n")) {
      const found = line.startsWith(comment + " @") && /^\S+ @(\d+) line/.exec(line);
      if (found) at = Number(found[1]); else rows.push({at, text: line});
    }
    return rows;
  }
  /** The columns of a choice, with positions inside of inline caches moved to their instruction. */
  function columnsOf({fn, piece}) {
    const starts = fn.bytecode.map(([unit]) => unit);
    const home = (at) => at === null ? null : starts.findLast((start) => start <= at) ?? null;
    const columns = [fn.bytecode.map(([unit, text]) => ({at: unit, text: `${2 * unit}`.padStart(4) + "  " + text}))];
    if (piece) {
      columns.push(piece.hir ? rowsOfHir(piece.hir) : [], rowsOfListing(piece.cil, "//"), rowsOfListing(piece.native, ";"));
    }
    return columns.map((rows) => rows.map(({at, text}, index) => ({at: home(at), text, index})));
  }
  /** A row with its offset, operation and remark in colours of their own. */
  function rowElement({at, text}, column) {
    const row = make("div", at === null ? {class: "row title"} : {class: "row", "data-at": at});
    const pattern = [
      /^(\s*\d+ {2})((?:>> )?\w+)(.*?)()$/, /^(\s*(?:v\d+)?)((?:: [\w| ]+ = )?\w*)(.*?)()$/,
      /^(IL_\w+: )(\S+)(.*?)(\s*\/\/ .*)?$/, /^([0-9a-f]{8}: )((?:REP\w* |LOCK )?\S+)(.*?)(\s*; .*)?$/,
    ][column];
    const found = pattern.exec(text);
    if (!found) { row.textContent = text; return row; }
    const [, offset, operation, rest, remark] = found;
    row.append(make("span", {class: "o"}, offset));
    if (column === 1) {
      const [, type, name] = /^(: [\w| ]+ = )?(.*)$/.exec(operation);
      row.append(make("span", {class: "t"}, type ?? ""), make("span", {class: "m"}, name));
    } else row.append(make("span", {class: "m"}, operation));
    row.append(rest, make("span", {class: "r"}, remark ?? ""));
    return row;
  }

  // --- views -----------------------------------------------------------------------------------------------------

  const unitsOfLine = (fn, line) => fn.bytecode.filter(([, , own]) => own === line).map(([unit]) => unit);

  /** A band for each instruction of the line, with what became of it beside it. */
  function showAligned(choice, columns) {
    const titles = columns.map((_, k) => make("th", {scope: "col"}, FORMS[k]));
    const body = make("tbody");
    for (const unit of unitsOfLine(choice.fn, open.line)) {
      const cells = columns.map((rows, k) => make("td", {}, ...bandOf(rows, unit, k)));
      body.append(make("tr", {"data-at": unit, tabindex: "-1"}, ...cells));
    }
    const widths = make("colgroup", {}, ...columns.map(() => make("col")));
    forms.append(make("table", {}, widths, make("thead", {}, make("tr", {}, ...titles)), body));
  }
  /** The rows of one position; a gap shows where others lie between them. */
  function bandOf(rows, unit, column) {
    const band = rows.filter((row) => row.at === unit);
    return band.map((row, k) => {
      const element = rowElement(row, column);
      if (k > 0 && row.index !== band[k - 1].index + 1) element.classList.add("gap");
      return element;
    });
  }
  /** Each form as it is, in a column of its own; what belongs to the chosen position is marked in all of them. */
  function showOrdered(choice, columns) {
    const here = new Set(unitsOfLine(choice.fn, open.line));
    columns.forEach((rows, k) => {
      const column = make("div", {class: "column", tabindex: "0", "aria-label": FORMS[k]}, make("h3", {}, FORMS[k]));
      for (const row of rows) {
        const element = rowElement(row, k);
        if (here.has(row.at)) element.classList.add("here");
        column.append(element);
      }
      forms.append(column);
    });
    const [first] = here;
    if (first !== undefined) choosePosition(first, null);
  }
  function choosePosition(at, from) {
    forms.dataset.at = at;
    for (const column of forms.querySelectorAll(".column")) {
      let first = null;
      for (const row of column.querySelectorAll(".row")) {
        const same = row.dataset.at === String(at);
        row.classList.toggle("same", same);
        if (same) first ??= row;
      }
      if (first && column !== from) column.scrollTop = first.offsetTop - column.offsetTop - 60;
    }
  }
  function movePosition(step) {
    const units = open.choices[open.choice].fn.bytecode.map(([unit]) => unit);
    const next = units[units.indexOf(Number(forms.dataset.at)) + step];
    if (next !== undefined) choosePosition(next, null);
  }

  function showForms() {
    forms.replaceChildren();
    const choice = open.choices[open.choice];
    forms.className = mode;
    for (const name of ["aligned", "ordered"]) byId(name).setAttribute("aria-pressed", String(name === mode));
    if (!choice) { forms.append(make("p", {}, "No function that has this line was noted.")); return; }
    if (!choice.piece) forms.className = "aligned";
    const columns = columnsOf(choice);
    if (choice.piece && mode === "ordered") showOrdered(choice, columns); else showAligned(choice, columns);
    if (choice.piece && choice.rank) forms.append(make("p", {}, "No instruction here is of this line alone: nothing was left of it, or this code is never there."));
    if (choice.piece && !choice.piece.hir) forms.append(make("p", {}, "There is no HIR: the option observe was off when this was compiled."));
    if (!choice.piece) forms.append(make("pre", {class: "summary"}, choice.fn.summary));
  }

  /** The pieces of code that have the line, those with instructions for it first. */
  function choicesFor(file, line) {
    const choices = [];
    for (const fn of data.functions) {
      if (fn.file !== file || !fn.bytecode.some(([, , own]) => own === line)) continue;
      const units = new Set(unitsOfLine(fn, line));
      for (const piece of fn.pieces) {
        const has = [...piece.cil.matchAll(/^\/\/ @(\d+) /gm)].some(([, at]) => units.has(Number(at)));
        choices.push({fn, piece, title: piece.title, rank: has ? 0 : 1});
      }
      if (!fn.pieces.length) choices.push({fn, piece: null, title: `${fn.name}: interpreted`, rank: 2});
    }
    return choices.map((choice, k) => [choice.rank, k, choice]).sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([, , choice]) => choice);
  }
  function showPieces() {
    byId("pieces").replaceChildren(...open.choices.map((choice, k) => {
      const chosen = k === open.choice;
      const tab = make("button", {role: "tab", "aria-selected": String(chosen), "aria-controls": "forms", tabindex: chosen ? "0" : "-1"}, choice.title);
      tab.addEventListener("click", () => { open.choice = k; showPieces(); showForms(); });
      return tab;
    }));
  }
  const NAMES = {generic: "generic", left: "left", tip: "tip", interpreted: "interp."};
  function show(file, line) {
    open = {file, line, choices: choicesFor(file, line), choice: 0};
    const {name, source, notes} = data.files[file];
    byId("where").replaceChildren(make("span", {}, `${name.split("/").pop()}:${line}  `), source[line] ?? "");
    byId("notes").replaceChildren(...(notes[line] ?? []).map(([kind, text]) =>
      make("li", {}, make("b", {class: `kind ${kind === "tip" ? "full" : kind}`}, NAMES[kind]), text)));
    showPieces();
    showForms();
    dock.hidden = false;
    document.body.classList.add("docked");
    document.querySelector(".ln.chosen")?.classList.remove("chosen");
    const row = byId(`f${file}-${line}`);
    row.classList.add("chosen");
    becomeTabStop(row);
    // The row stays above the dock.
    const over = row.getBoundingClientRect().bottom - dock.getBoundingClientRect().top + 24;
    if (over > 0) scrollBy(0, over);
  }
  function close() {
    dock.hidden = true;
    document.body.classList.remove("docked");
    const row = document.querySelector(".ln.chosen");
    row?.classList.remove("chosen");
    row?.focus({preventScroll: true});
    history.replaceState(null, "", location.pathname + location.search);
    open = null;
  }
  function follow() {
    const found = /^#f(\d+)-(\d+)$/.exec(location.hash);
    if (!found || !byId(location.hash.slice(1))) return;
    const row = byId(location.hash.slice(1));
    const fold = row.closest("details");
    if (fold) fold.open = true;
    show(Number(found[1]), Number(found[2]));
  }

  // --- mouse and keys --------------------------------------------------------------------------------------------

  const links = [...document.querySelectorAll("a.ln")];
  function becomeTabStop(row) {
    for (const link of links) link.tabIndex = -1;
    row.tabIndex = 0;
  }
  if (links.length) becomeTabStop(links[0]);

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#f"]');
    // The same address again is no change of it.
    if (link && link.hash === location.hash && !open) { event.preventDefault(); follow(); }
    const row = event.target.closest("#forms.ordered .row[data-at]");
    if (row) choosePosition(row.dataset.at, row.closest(".column"));
  });
  addEventListener("hashchange", follow);
  byId("close").addEventListener("click", close);
  byId("aligned").addEventListener("click", () => { mode = "aligned"; showForms(); });
  byId("ordered").addEventListener("click", () => { mode = "ordered"; showForms(); });
  byId("tall").addEventListener("click", toggleTall);
  byId("more")?.addEventListener("click", (event) => {
    const isOpen = document.querySelector(".functions").classList.toggle("open");
    event.target.setAttribute("aria-expanded", String(isOpen));
  });
  function toggleTall() {
    const isTall = byId("tall").getAttribute("aria-pressed") !== "true";
    byId("tall").setAttribute("aria-pressed", String(isTall));
    document.documentElement.style.setProperty("--dock", isTall ? "90vh" : "55vh");
  }
  byId("grip").addEventListener("pointerdown", (event) => {
    const grip = event.target;
    grip.setPointerCapture(event.pointerId);
    grip.onpointermove = (move) => {
      const height = Math.min(Math.max(innerHeight - move.clientY, 140), innerHeight - 60);
      document.documentElement.style.setProperty("--dock", `${height}px`);
    };
    grip.onpointerup = () => { grip.onpointermove = null; };
  });

  /** Arrows move from line to line in the source, from piece to piece in the tabs, from position to position in the forms. */
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = {ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1}[event.key];
    const target = event.target;
    if (event.key === "Escape" && open) close();
    else if (event.key === "m" && open) toggleTall();
    else if (step && target.matches?.("a.ln") && event.key.match(/Up|Down/)) {
      const visible = links.filter((link) => link.offsetParent !== null);
      const next = visible[visible.indexOf(target) + step];
      if (next) { becomeTabStop(next); next.focus(); if (open) location.hash = next.hash; }
    } else if (step && target.matches?.('[role="tab"]')) {
      const count = open.choices.length;
      open.choice = (open.choice + step + count) % count;
      showPieces();
      showForms();
      byId("pieces").children[open.choice].focus();
    } else if (step && target.matches?.(".column") && event.key.match(/Left|Right/)) movePosition(step);
    else return;
    event.preventDefault();
  });
  follow();
})();
