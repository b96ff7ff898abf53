// Reads an editor's DOM as Slack's rich_text: lines become one section, lists, quotes and code parts of their own.

const STYLES = { B: "bold", STRONG: "bold", I: "italic", EM: "italic", S: "strike", STRIKE: "strike", DEL: "strike", CODE: "code", U: "underline" };
const LINES = new Set(["DIV", "P"]);

/** The rich_text of an editor, or null when nothing was written. */
export function fromDom(area) {
  const parts = [];
  let line = [];
  const end = () => {
    const trimmed = withoutLastBreak(line);
    if (trimmed.length) parts.push({ type: "rich_text_section", elements: trimmed });
    line = [];
  };
  for (const node of flattened(area)) {
    const made = partOf(node);
    if (made) {
      end();
      if (made.elements.length) parts.push(made);
    } else {
      const own = inline(node, {});
      if (LINES.has(node.nodeName)) {
        if (line.length && !endsLine(line)) line.push(text("\n", {}));
        line.push(...withoutLastBreak(own), text("\n", {}));
      } else line.push(...own);
    }
  }
  end();
  return parts.length ? { type: "rich_text", elements: parts } : null;
}

/** The top nodes; a browser sometimes wraps a list or a quote in a line. */
function flattened(area) {
  return [...area.childNodes].flatMap((node) => (LINES.has(node.nodeName) && node.querySelector?.("ul, ol, blockquote, pre, div, p") ? flattened(node) : [node]));
}

function partOf(node) {
  if (node.nodeName === "UL" || node.nodeName === "OL") {
    const items = [...node.querySelectorAll("li")].map((item) => ({ type: "rich_text_section", elements: withoutLastBreak(inline(item, {})) }));
    return { type: "rich_text_list", style: node.nodeName === "OL" ? "ordered" : "bullet", elements: items.filter((item) => item.elements.length) };
  }
  if (node.nodeName === "BLOCKQUOTE") return { type: "rich_text_quote", elements: withoutLastBreak(inline(node, {})) };
  if (node.nodeName === "PRE") return { type: "rich_text_preformatted", elements: node.textContent ? [text(node.textContent, {})] : [] };
  return null;
}

function inline(node, style) {
  if (node.nodeType === Node.TEXT_NODE) return node.data ? [text(node.data.replaceAll("\u00a0", " "), style)] : [];
  if (node.nodeName === "BR") return [text("\n", style)];
  const key = STYLES[node.nodeName];
  const own = key ? { ...style, [key]: true } : style;
  if (node.nodeName === "A" && node.href) return [{ type: "link", url: node.href, text: node.textContent, ...styled(own) }];
  const inner = [...node.childNodes].flatMap((child) => [...inline(child, own), ...(LINES.has(child.nodeName) && child.nextSibling ? [text("\n", {})] : [])]);
  return merged(inner);
}

function text(words, style) {
  return { type: "text", text: words, ...styled(style) };
}

function styled(style) {
  return Object.keys(style).length ? { style } : {};
}

/** Neighbours of the same style are one element, as Slack writes them. */
function merged(list) {
  const kept = [];
  for (const one of list) {
    const last = kept.at(-1);
    if (last?.type === "text" && one.type === "text" && JSON.stringify(last.style) === JSON.stringify(one.style)) last.text += one.text;
    else kept.push({ ...one });
  }
  return kept;
}

function endsLine(list) {
  return list.at(-1)?.text?.endsWith("\n");
}

function withoutLastBreak(list) {
  const kept = merged(list);
  const last = kept.at(-1);
  if (last?.type === "text") {
    last.text = last.text.replace(/\n+$/, "");
    if (!last.text) kept.pop();
  }
  return kept;
}
