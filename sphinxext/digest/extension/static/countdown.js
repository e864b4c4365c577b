// What a build cannot know: the day on which the page is read. Countdowns without a day of their own, the timeline and
// the table of a schedule are brought to that day. Without this script they are right for the day that they name.
(() => {
  "use strict";
  // In other languages than English the page brings the words.
  const own = document.currentScript && document.currentScript.dataset.words;
  const words = own ? JSON.parse(own) : {
    near: ["yesterday", "today", "tomorrow"],
    ahead: { one: "in {number} day", other: "in {number} days" },
    ago: { one: "{number} day ago", other: "{number} days ago" },
    day: { one: "{number} day", other: "{number} days" },
    groups: ["This week:", "Next week:", "Later:"],
    passed: { one: "{number} deadline has passed", other: "{number} deadlines have passed" },
    now: "Now is {day}, in week {week}.",
  };
  const language = own ? document.documentElement.lang || "en" : "en";
  const rules = new Intl.PluralRules(language);
  const DAY = 24 * 60 * 60 * 1000;
  const here = new Date();
  // The reader's own date. Days are counted in UTC, where all of them have 24 hours.
  const today = Date.UTC(here.getFullYear(), here.getMonth(), here.getDate());
  const from = (text) => Math.round((Date.parse(`${text}T00:00:00Z`) - today) / DAY);
  const daysTo = (element) => from(element.querySelector("time").getAttribute("datetime"));
  const counted = (number, forms) => (forms[rules.select(number)] || forms.other).replace("{number}", number);
  const distance = (days) => {
    if (Math.abs(days) < 2) return words.near[days + 1];
    return days > 0 ? counted(days, words.ahead) : counted(-days, words.ago);
  };
  const inWords = (style) => new Intl.DateTimeFormat(language, { timeZone: "UTC", ...style }).format(today);
  const day = inWords({ dateStyle: "long" });
  const write = (element, text) => {
    if (element) element.textContent = text;
  };
  const make = (name, className, text) => {
    const element = document.createElement(name);
    element.className = className;
    if (text) element.textContent = text;
    return element;
  };
  // From Monday to Sunday.
  const isNow = (monday) => from(monday) <= 0 && from(monday) > -7;
  const weekIn = (element) => JSON.parse(element.dataset.weeks).findIndex(([monday]) => isNow(monday));

  const showDistance = (item) => {
    const days = daysTo(item);
    write(item.querySelector(".digest-distance"), distance(days));
    const large = item.querySelector(".digest-large");
    if (large && days > 0) large.textContent = counted(days, words.day);
    else if (large) large.remove();
    return item;
  };

  // On the day of the build there is nothing to do.
  const isOld = (built) => from(built) < 0;

  const bringBox = (box) => {
    const built = box.querySelector(".digest-now time");
    const template = box.querySelector("template");
    if (!built || !template || !isOld(built.getAttribute("datetime"))) return;
    built.setAttribute("datetime", new Date(today).toISOString().slice(0, 10));
    write(built, day);
    const week = JSON.parse(template.dataset.weeks)[weekIn(template)];
    const large = box.querySelector("p > .digest-large");
    if (large && !large.closest("li")) week ? write(large, week[1]) : large.remove();
    const lines = [...template.content.querySelectorAll("li")];
    const next = lines.find((line) => line.matches(".digest-upcoming") && daysTo(line) >= 0);
    const coming = lines.find((line) => line.matches(".digest-coming") && daysTo(line) >= 0);
    const shown = [next, coming || lines.find((line) => line.matches(".digest-released"))];
    box.querySelector("ul").replaceChildren(...shown.filter(Boolean).map((line) => showDistance(line.cloneNode(true))));
  };

  const groupOf = (time) => {
    const weeks = Math.floor((from(time) + (here.getDay() + 6) % 7) / 7);
    return Math.max(0, Math.min(weeks, 2));
  };

  // The lines in their order, each below the label of its week; what is over becomes one line.
  const bringDeadlines = (list) => {
    const built = list.querySelector("template");
    if (!built || !isOld(built.dataset.now)) return;
    const lines = [...list.querySelectorAll("li li")].filter((line) => line.querySelector("time"));
    const groups = [[], [], []];
    const passed = [];
    for (const line of lines) {
      (daysTo(line) < 0 ? passed : groups[groupOf(line.querySelector("time").getAttribute("datetime"))]).push(line);
    }
    const listOf = (some) => {
      const inner = make("ul", list.querySelector("ul").className);
      inner.append(...some);
      return inner;
    };
    const item = (className, ...content) => {
      const made = make("li", className);
      made.append(...content);
      return made;
    };
    const items = groups.map((some, index) => some.length &&
      item("", make("p", "digest-label", words.groups[index]), listOf(some))).filter(Boolean);
    if (passed.length) {
      for (const line of passed) {
        if (line.querySelector(".digest-distance")) showDistance(line);
        else line.querySelector("p").append(", ", make("span", "digest-distance", distance(daysTo(line))));
      }
      const fold = make("details", "digest-fold");
      fold.append(make("summary", "", counted(passed.length, words.passed)), listOf(passed));
      items.push(item("digest-passed", fold));
    }
    list.replaceChildren(...items);
  };

  const bringTimeline = (picture) => {
    if (!isOld(picture.dataset.now)) return;
    const weeks = JSON.parse(picture.dataset.weeks);
    const index = weekIn(picture);
    const mark = picture.querySelector(".digest-cycle-now");
    const show = (element, visible) => visible ? element.removeAttribute("display") : element.setAttribute("display", "none");
    [...picture.querySelectorAll(":scope > rect")].slice(0, weeks.length).forEach((box, number) => {
      // a week is over when its Friday is
      box.setAttribute("fill-opacity", from(weeks[number][0]) < -4 ? ".5" : ".1");
    });
    const freeze = picture.querySelector("[data-freeze]");
    if (freeze) {
      const [first, last] = freeze.dataset.freeze.split(" ").map(Number);
      show(freeze, index < 0 || index <= first - 2 || index >= last + 2);
    }
    show(mark, index >= 0);
    if (index < 0) return write(mark.querySelector("title"), "");
    const passed = Math.min((here.getDay() + 6) % 7, 4) / 5 + 0.1;
    mark.setAttribute("x", `${(100 * (index + passed) / weeks.length).toFixed(2)}%`);
    const anchor = index === 0 ? "start" : index === weeks.length - 1 ? "end" : "middle";
    mark.querySelector("text").setAttribute("text-anchor", anchor);
    write(mark.querySelector("title"), words.now.replace("{day}", day).replace("{week}", weeks[index][1]));
  };

  const mondayOf = (row) => row.querySelector("td:nth-child(2) time");
  const rangeTo = (first, last) => {
    const days = new Intl.DateTimeFormat(language, { timeZone: "UTC", dateStyle: "medium" });
    const words = days.formatRange(first, last);
    // as the page has them in English
    return own ? words : words.replace(/\s*–\s*/, first.getUTCMonth() === last.getUTCMonth() ? "–" : " – ");
  };

  // The weeks that are over and have no events share a row, as they do in the page for the day of the build.
  const foldWeeks = (rows) => {
    let open = null;
    for (const row of rows) {
      const [name, , ...cells] = row.cells;
      const monday = mondayOf(row).getAttribute("datetime");
      const isOver = from(monday) < -6 && cells.every((cell) => !cell.textContent.trim());
      if (isOver && open && !open.cells[0].textContent.trim() === !name.textContent.trim()) {
        const friday = new Date(Date.parse(`${monday}T00:00:00Z`) + 4 * DAY);
        const time = mondayOf(open);
        const [first] = open.cells[0].textContent.split(" – ");
        write(open.querySelector("td p"), [first, name.textContent.split(" – ").pop()].filter((text) => text.trim()).join(" – "));
        write(time, rangeTo(new Date(`${time.getAttribute("datetime")}T00:00:00Z`), friday));
        row.remove();
      } else open = isOver ? row : null;
    }
  };

  const bringTable = (table) => {
    const old = table.querySelector(".digest-current");
    if (!old || !isOld(old.querySelector("time").getAttribute("datetime"))) return;
    const rows = [...table.querySelectorAll("tbody tr")].filter(mondayOf);
    const row = rows.find((one) => isNow(mondayOf(one).getAttribute("datetime")));
    const name = row && row.querySelector("td p");
    if (name) {
      const time = old.querySelector("time");
      time.setAttribute("datetime", new Date(today).toISOString().slice(0, 10));
      write(time, inWords({ month: "long", day: "numeric" }));
      name.append(" ", old);
    } else old.remove();
    foldWeeks(rows);
  };

  const bring = (selector, update) => document.querySelectorAll(selector).forEach((found) => update(found));
  bring(".digest-left.digest-live", bringBox);
  bring(".digest-deadlines.digest-live", bringDeadlines);
  bring(".digest-live > svg.digest-cycle", bringTimeline);
  bring("table.digest-schedule.digest-live", bringTable);
})();
