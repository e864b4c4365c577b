// A filter above the list of digests. Where no script runs, there is the list alone. The notes come as a script, too,
// since a page opened as a file may fetch nothing.
(() => {
  const { dataset } = document.currentScript;
  const words = JSON.parse(dataset.words);
  // Results at once; milliseconds until typing counts, and of work until the page may do something else.
  const [PAGE, WAIT, SLICE] = [50, 150, 8];

  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children); // strings become text
    return element;
  };
  const fold = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/ß/g, "ss");
  const bare = (word) => word.replace(/^[^\p{L}\p{N}]+|[^\p{L}\p{N}#+]+$/gu, "");
  const split = (text) => fold(text).split(/\s+/).map(bare).filter(Boolean);
  const sliced = async (items, work) => {
    let start = performance.now();
    for (const [index, item] of items.entries()) {
      work(item, index);
      if (performance.now() - start > SLICE) {
        await new Promise((resolve) => setTimeout(resolve));
        start = performance.now();
      }
    }
  };

  const show = (list, name, [path, years]) => {
    const language = document.documentElement.lang || [];
    const rules = new Intl.PluralRules(language);
    const days = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" });
    const source = new URL(path, location.href);
    const text = (attributes) => make("input", { type: "search", autocomplete: "off", ...attributes });
    const choice = (options) => make("select", {}, ...[["", words.any], ...options]
      .map(([value, label]) => make("option", { value }, label)));
    const people = make("datalist", { id: `${name}-people` });
    const fields = {
      words: text(),
      kind: choice(Object.entries(words.kinds)),
      state: choice(Object.entries(words.states)),
      person: text({ list: people.id }),
      year: choice(years.map((year) => [year, year])),
    };
    const labels = Object.entries(fields).map(([key, field]) => make("label", {}, words[key], field));
    const form = make("form", { role: "search", "aria-label": words.form },
      ...labels, make("button", { type: "reset" }, words.clear), people);
    const status = make("p", { role: "status" });
    const results = make("ul", {});
    const again = make("button", { type: "button", hidden: "" }, words.again);
    const more = make("button", { type: "button", hidden: "" });
    list.before(make("div", { class: "digest-filter" }, form, status, again, results, more));

    const wanted = () => new URLSearchParams(Object.entries(fields)
      .map(([key, { value }]) => [key, value.trim()]).filter(([, value]) => value)).toString();
    let [notes, run, found] = [null, 0, []]; // the promise of them; the search that counts; its results
    let typing = null; // the field that the last entry of the history is from

    const prepare = async ({ kinds, states, people: persons, pages, notes: columns }) => {
      const made = [];
      const names = persons.map((person) => [person].flat()[0]);
      const nicks = persons.map((person) => [person].flat().join(" "));
      people.append(...names.slice(0, 200).map((value) => make("option", { value })));
      await sliced(columns.title, (title, index) => {
        const kind = kinds[columns.kind[index]];
        const numbers = [columns.people[index]].flat();
        const who = numbers.map((person) => names[person]);
        const known = numbers.map((person) => nicks[person]).join(" ");
        const address = `${pages[columns.page[index]]}#${kind}-${columns.id[index]}`;
        const all = fold([title, known, columns.text[index]].join(" "));
        const state = states[columns.state[index]];
        made.push({ kind, state, title, who, address, all, people: fold(known), day: columns.day[index] });
      });
      return made;
    };
    const load = () => {
      notes ??= new Promise((resolve, reject) => {
        const script = make("script", { src: source });
        script.onload = () => resolve(prepare(digestNotes));
        script.onerror = reject;
        document.head.append(script);
      });
      notes.catch(() => { notes = null; });
      return notes;
    };

    const line = ({ kind, state, title, who, address, day }) => {
      const about = [words.kinds[kind], ...(who.length < 4 ? who : []), days.format(new Date(day))].join(" · ");
      const href = address.startsWith("#") ? address : new URL(address, source);
      const badge = state ? [" ", make("span", { class: `digest-state digest-${state}` }, words.states[state])] : [];
      return make("li", {}, make("a", { href }, title), ...badge, " ", make("span", { class: "digest-counts" }, about));
    };
    const extend = (number) => {
      const { length } = results.children;
      results.append(...found.slice(length, length + number).map(line));
      const left = found.length - results.children.length;
      more.hidden = !left;
      more.textContent = words.more.replace("{number}", left);
    };
    const filter = async (shown) => {
      const mine = ++run;
      const active = wanted() !== "";
      const [said, kind, state, names, year] = Object.values(fields).map(({ value }) => split(value));
      const fits = (note) => said.every((word) => note.all.includes(word)) && kind.every((one) => one === note.kind)
        && state.every((one) => one === note.state)
        && names.every((word) => note.people.includes(word)) && year.every((one) => note.day.startsWith(one));
      const matching = [];
      if (active) {
        if (!notes) status.textContent = words.loading;
        try {
          const all = await load();
          await sliced(all, (note) => {
            if (mine === run && fits(note)) matching.push(note);
          });
        } catch {
          if (mine === run) status.textContent = words.failed;
          return;
        }
        if (mine !== run) return;
      }
      list.hidden = active;
      found = matching;
      results.replaceChildren();
      extend(shown);
      // in a language that it does not know, a browser counts as in its own
      const counted = words.found[rules.select(found.length)] || words.found.other;
      status.textContent = active ? counted.replace("{number}", found.length) : "";
      again.hidden = !active || found.length > 0;
      if (again.hidden) return;
      const asked = Object.values(fields).filter(({ value }) => value.trim())
        .map((field) => (field.selectedOptions ? field.selectedOptions[0].text : field.value.trim()));
      status.textContent = words.nothing.replace("{words}", () => asked.join(", "));
    };

    // The fragment says what is looked for: it can be shared, and the browser's Back leads there.
    const apply = (field) => {
      const hash = wanted() && `#${name}?${wanted()}`;
      if (hash !== location.hash) {
        const change = field && field === typing ? "replaceState" : "pushState";
        history[change](null, "", hash || location.pathname + location.search);
      }
      typing = field;
      filter(PAGE);
    };
    const read = () => {
      const [place, query] = location.hash.split(/\?(.*)/s);
      if (place && place !== `#${name}`) return; // something else's
      const given = new URLSearchParams(query);
      for (const [key, field] of Object.entries(fields)) field.value = given.get(key) || "";
      typing = null;
      filter(history.state?.shown || PAGE);
    };

    let timer;
    const later = (wait, field) => {
      clearTimeout(timer);
      timer = setTimeout(apply, wait, field);
    };
    for (const field of Object.values(fields)) {
      field.addEventListener(field.list === undefined ? "change" : "input", () => later(WAIT, field));
    }
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      later(0);
    });
    form.addEventListener("reset", () => later(0)); // when the fields are empty
    again.addEventListener("click", () => {
      form.reset();
      fields.words.focus();
    });
    more.addEventListener("click", () => {
      const { length } = results.children;
      extend(PAGE);
      history.replaceState({ shown: results.children.length }, "");
      results.children[length].firstChild.focus();
    });
    const soon = () => load().catch(() => {});
    for (const event of ["focusin", "pointerover"]) form.addEventListener(event, soon, { once: true });
    addEventListener("popstate", read);
    if (location.hash.startsWith(`#${name}?`)) read();
  };

  // As soon as a list is there, before anything of it is painted: nothing that a reader sees moves.
  const open = new Map(Object.entries(JSON.parse(dataset.notes)));
  const observer = new MutationObserver(() => {
    for (const [name, notes] of open) {
      const [list] = document.getElementsByClassName(name);
      if (list && open.delete(name)) show(list, name, notes);
    }
    if (!open.size) observer.disconnect();
  });
  observer.observe(document, { childList: true, subtree: true });
})();
