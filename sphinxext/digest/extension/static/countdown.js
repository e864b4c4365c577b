// What the day of the build could not know: how much time is left as the reader looks, and which deadlines are over.
// The page says everything without it, as of the day that it names.
(() => {
  "use strict";
  // In other languages than English the page brings the words.
  const own = document.currentScript && document.currentScript.dataset.words;
  const words = own ? JSON.parse(own) : {
    week: { one: "{number} week", other: "{number} weeks" },
    day: { one: "{number} day", other: "{number} days" },
    and: "{weeks} and {days}",
    left: "{span} left",
    ago: "{span} ago",
    today: "today",
    now: "Now: {left}.",
    passed: "(passed)",
  };
  const rules = new Intl.PluralRules(own ? document.documentElement.lang || "en" : "en");
  const DAY = 24 * 60 * 60 * 1000;
  const here = new Date();
  // The reader's own date. Days are counted in UTC, where all of them have 24 hours.
  const today = Date.UTC(here.getFullYear(), here.getMonth(), here.getDate());
  const dayOf = (element) => Date.parse(`${element.getAttribute("datetime")}T00:00:00Z`);
  const count = (number, forms) => (forms[rules.select(number)] || forms.other).replace("{number}", number);
  const span = (days) => {
    const [weeks, rest] = [Math.floor(days / 7), days % 7];
    if (!weeks || !rest) return weeks ? count(weeks, words.week) : count(rest, words.day);
    return words.and.replace("{weeks}", count(weeks, words.week)).replace("{days}", count(rest, words.day));
  };
  const left = (days) => {
    if (days === 0) return words.today;
    return (days > 0 ? words.left : words.ago).replace("{span}", span(Math.abs(days)));
  };

  const add = (item, words, className) => {
    const note = document.createElement("span");
    note.className = className;
    note.textContent = words;
    item.append(" ", note);
  };

  for (const box of document.querySelectorAll(".digest-left")) {
    const built = box.querySelector(".digest-now time");
    if (!built || !(dayOf(built) < today)) continue;
    for (const item of box.querySelectorAll("li")) {
      const time = item.querySelector("time");
      if (!time) continue;
      const days = Math.round((dayOf(time) - today) / DAY);
      const large = item.querySelector(".digest-large");
      if (large) large.textContent = days > 0 ? count(days, words.day) : days ? words.ago.replace("{span}", count(-days, words.day)) : words.today;
      add(item.querySelector("p") || item, words.now.replace("{left}", left(days)), "digest-today");
    }
  }
  for (const item of document.querySelectorAll(".digest-deadlines li li")) {
    const time = item.querySelector("time");
    if (time && dayOf(time) < today && !item.querySelector(".digest-passed")) {
      add(item.querySelector("p") || item, words.passed, "digest-passed");
    }
  }
})();
