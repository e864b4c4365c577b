// What tests ask of a page. Each function returns a list of what is wrong.
(() => {
  // a theme may have a sidebar of its own beside the article
  const main = document.querySelector("article") || document.querySelector("[role=main]");
  const words = (node) => node.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
  // Where the text within a node is.
  const boxes = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return [...range.getClientRects()].filter((box) => box.width);
  };
  const ours = () => [...main.querySelectorAll("[class*='digest-']")];

  // The colour of a pixel after painting colours over each other; knows every syntax of CSS.
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const painted = (colours) => {
    for (const colour of ["white", ...colours]) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((part) => part / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (element) => {
    const backgrounds = [];
    for (let node = element; node; node = node.parentElement) backgrounds.unshift(getComputedStyle(node).backgroundColor);
    const [behind, text] = [painted(backgrounds), painted([...backgrounds, getComputedStyle(element).color])].map(luminance);
    return (Math.max(behind, text) + 0.05) / (Math.min(behind, text) + 0.05);
  };
  const withText = () => ours().flatMap((element) => [element, ...element.querySelectorAll("*")])
    .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
    .filter((element) => !element.closest(".highlight, pre"));
  const sheets = () => [...document.styleSheets].filter((sheet) => /\/digest[\w-]*\.css/.test(sheet.href || ""));

  window.checks = {
    // those of the filter only where it is
    styles: () => (sheets().length === (document.querySelector("script[data-notes]") ? 3 : 2) && ours().length
      ? [] : ["our styles or classes are not there"]),

    scroll: () => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth <= clientWidth ? [] : [`the page is ${scrollWidth} wide on a screen of ${clientWidth}`];
    },

    // Every line within the screen, but for what scrolls in its own box.
    overflow: () => [...main.querySelectorAll("*")]
      .filter((node) => !node.closest("pre, table, .headerlink"))
      .filter((node) => [...node.childNodes].some((child) => child.nodeType === 3 && boxes(child).some((box) => box.right > document.documentElement.clientWidth + 1)))
      .map((node) => `beyond the edge: ${node.tagName} ${words(node)}`),

    // What is folded has no place yet.
    nesting: () => [...main.querySelectorAll("li :is(ul, ol) > li")]
      .filter((node) => node.textContent.trim() && node.checkVisibility())
      .filter((node) => {
        const left = (item) => boxes(item)[0].left;
        return left(node) < left(node.parentElement.closest("li")) + 8;
      })
      .map((node) => `not indented: ${words(node)}`),

    // Bullets or numbers of nested lists are seen.
    bullets: () => [...main.querySelectorAll("section li :is(ul, ol) > li")]
      .filter((node) => getComputedStyle(node).listStyleType === "none")
      .map((node) => `without a bullet: ${words(node)}`),

    // No level of headings is left out.
    headings: () => [...main.querySelectorAll("h1, h2, h3, h4, h5, h6")]
      .map((heading, index, all) => [heading, index ? Number(all[index - 1].tagName[1]) : 0])
      .filter(([heading, before]) => Number(heading.tagName[1]) > before + 1)
      .map(([heading]) => `level left out: ${words(heading)}`),

    // What stands alone is large enough for a finger (WCAG 2.2, 2.5.8); links in sentences need not be.
    targets: () => [...main.querySelectorAll(
      ".digest-around a, .digest-contents :is(a, summary), .digest-archives a, .digest-fold > summary, .digest-filter :is(input, select, button)")]
      .filter((node) => node.checkVisibility())
      .filter((node) => node.getBoundingClientRect().height < 24)
      .map((node) => `small: ${words(node)}`),

    contrast: () => {
      const elements = withText();
      const now = elements.map(contrast);
      sheets().forEach((sheet) => { sheet.disabled = true; });
      const without = elements.map(contrast);
      sheets().forEach((sheet) => { sheet.disabled = false; });
      // a theme's own colours are its own affair
      return elements.filter((_, i) => now[i] < 4.5 && now[i] < without[i] - 0.05)
        .map((element) => `${contrast(element).toFixed(2)}: ${element.className} ${words(element)}`);
    },
  };
})();
