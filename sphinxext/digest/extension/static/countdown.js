// What the day of the build could not know: how much time is left as the reader looks, and which deadlines are over.
// The page says everything without it, as of the day that it names.
(() => {
  "use strict";
  const DAY = 24 * 60 * 60 * 1000;
  const here = new Date();
  // The reader's own date. Days are counted in UTC, where all of them have 24 hours.
  const today = Date.UTC(here.getFullYear(), here.getMonth(), here.getDate());
  const dayOf = (element) => Date.parse(`${element.getAttribute("datetime")}T00:00:00Z`);
  const count = (number, name) => (number ? [`${number} ${name}${number === 1 ? "" : "s"}`] : []);
  const span = (days) => [...count(Math.floor(days / 7), "week"), ...count(days % 7, "day")].join(" and ");
  const left = (days) => (days === 0 ? "today" : days > 0 ? `${span(days)} left` : `${span(-days)} ago`);

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
      if (time) add(item.querySelector("p") || item, `Now: ${left(Math.round((dayOf(time) - today) / DAY))}.`, "digest-today");
    }
  }
  for (const item of document.querySelectorAll(".digest-deadlines li li")) {
    const time = item.querySelector("time");
    if (time && dayOf(time) < today && !item.querySelector(".digest-passed")) {
      add(item.querySelector("p") || item, "(passed)", "digest-passed");
    }
  }
})();
